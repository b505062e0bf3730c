"""What a root file system holds, read from the records that dpkg and pip leave in it: nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path

SITE = "opt/ricloop/lib/python3.*/site-packages"


@dataclass(frozen=True, order=True)
class Package:
    """One package of Debian or Python."""

    kind: str
    """`deb` or `pypi`, as in package URLs."""
    name: str
    version: str
    licence: str
    """What its own record says, as it says it; empty where it says nothing."""
    architecture: str = ""
    """Of a Debian package."""


def packages(root: Path) -> list[Package]:
    """Debian's packages and Python's distributions under a root."""
    return sorted([*debian(root), *(found for site in sorted(root.glob(SITE)) for found in python(site))])


def debian(root: Path) -> Iterator[Package]:
    """The installed packages of dpkg's status file."""
    status = root / "var/lib/dpkg/status"
    for paragraph in status.read_text(errors="replace").split("\n\n"):
        fields = message_from_string(paragraph)
        if fields.get("Status", "").endswith(" installed"):
            name = fields["Package"]
            yield Package("deb", name, fields["Version"], _copyright(root, name), fields["Architecture"])


def _copyright(root: Path, name: str) -> str:
    """The short names of licences in a machine-readable copyright file; empty where the file is prose."""
    file = root / "usr/share/doc" / name / "copyright"
    text = file.read_text(errors="replace") if file.is_file() else ""
    if not text.startswith("Format:"):
        return ""
    return ", ".join(sorted(set(re.findall(r"^License:[ \t]*(\S.*?)[ \t]*$", text, re.MULTILINE))))


def python(site: Path) -> Iterator[Package]:
    """The distributions of a folder of site-packages."""
    for folder in sorted(site.glob("*.dist-info")):
        fields = message_from_string((folder / "METADATA").read_text())
        yield Package("pypi", fields["Name"], fields["Version"], _said(fields))


def _said(fields: Message) -> str:
    """The expression of a distribution's metadata, else its classifiers, else the first line of its free text."""
    if "License-Expression" in fields:
        return str(fields["License-Expression"])
    classifiers = [name for name in fields.get_all("Classifier", []) if name.startswith("License :: ")]
    named = [name.rpartition(" :: ")[2] for name in classifiers if name != "License :: OSI Approved"]
    text = str(fields.get("License", "")).strip()
    # A classifier such as "BSD License" leaves open which; a short free text may not.
    if text and len(text) < 40:
        return text
    return " OR ".join(named) if named else text.split("\n")[0]
