"""Every place that names this project's version: `python -m tests.upkeep.versions v0.1.0` says where it is another.

With a tag, the changelog's newest section must be of that version and have a date. Prints the version; exit code 1
where one differs. Needs the standard library and PyYAML alone: a release asks it before anything is installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def versions(root: Path = ROOT) -> dict[str, str]:
    """By place."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    found = {"pyproject.toml": str(project["version"])}
    for path in sorted(root.glob("helm/*/Chart.yaml")):
        chart = yaml.safe_load(path.read_text())
        where = str(path.relative_to(root))
        found[f"{where} version"] = str(chart["version"])
        found |= {f"{where} appVersion": str(chart["appVersion"])} if "appVersion" in chart else {}
        for needs in chart.get("dependencies", ()):
            found[f"{where} dependency {needs['name']}"] = str(needs["version"])
    found |= {"CHANGELOG.md": newest(root)[0]}
    if (label := re.search(r"^ARG VERSION=(\S+)$", (root / "Dockerfile").read_text(), flags=re.M)) is not None:
        found["Dockerfile"] = label[1]
    return found


def newest(root: Path = ROOT) -> tuple[str, str]:
    """The changelog's first section: version, and its date or `unreleased`."""
    section = re.search(r"^## (\S+) \((.+)\)$", (root / "CHANGELOG.md").read_text(), flags=re.M)
    if section is None:
        raise ValueError("CHANGELOG.md has no section: write '## 0.1.0 (unreleased)'")
    return section[1], section[2]


def wrong(tag: str | None, root: Path = ROOT) -> list[str]:
    """What does not fit, in words."""
    found = versions(root)
    right = tag.removeprefix("v") if tag is not None else found["pyproject.toml"]
    said = [f"{place}: {version}, and not {right}" for place, version in found.items() if version != right]
    if tag is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", newest(root)[1]):
        said.append(f"CHANGELOG.md: the section of {newest(root)[0]} is ({newest(root)[1]}): write the day")
    return said


if __name__ == "__main__":
    told = wrong(sys.argv[1] if len(sys.argv) > 1 else None)
    for line in told:
        print(line, file=sys.stderr)
    print(versions()["pyproject.toml"])
    sys.exit(bool(told))
