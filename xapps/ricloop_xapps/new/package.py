"""Writes the package: the files of `template/common` and of one kind, with the names put in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from ricloop.core.errors import ConfigError
from ricloop.core.output import make_folder

if TYPE_CHECKING:
    from ricloop_xapps.new.names import Names

TEMPLATES = Path(__file__).with_name("template")
MODEL = "traffic-forecast"
"""The shipped model that an xApp of the kind `model` begins with."""


class Kind(StrEnum):
    """What the xApp looks at."""

    KPM = "kpm"
    UE = "ue"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class _Kept:
    """What differs between kinds beside their files."""

    summary: str
    scenario: str


KINDS = {
    Kind.KPM: _Kept("Put empty cells to sleep, and wake the site when it gets busy.", "office"),
    Kind.UE: _Kept("Hand users of full cells over to the cell that covers them.", "three-sites"),
    Kind.MODEL: _Kept("Wake a site before it gets busy, by a learned forecast of its load.", "three-sites"),
}


def write_package(names: Names, kind: Kind, out: Path) -> list[Path]:
    """The files, in the order written. Nothing is written where one of them is there already: ConfigError names it."""
    package = Path("src", names.package)
    texts = {
        Path("pyproject.toml"): _text("common/pyproject.toml", names, kind),
        Path("README.md"): _text("common/README.md", names, kind),
        Path("settings.toml"): _text(f"{kind.value}/settings.toml", names, kind),
        package / "__init__.py": f'"""{KINDS[kind].summary}"""\n',
        package / "py.typed": "",
        package / "xapp.py": _text(f"{kind.value}/xapp.py", names, kind),
        Path("tests", "test_xapp.py"): _text(f"{kind.value}/test_xapp.py", names, kind),
    }
    for path in texts:
        if (out / path).exists():
            raise ConfigError(
                f"{out / path} is there already and is left as it is: give another name, or another folder with --out"
            )
    for path, text in texts.items():
        make_folder((out / path).parent, "--out")
        (out / path).write_text(text, encoding="utf-8")
    return [out / path for path in texts]


def _text(template: str, names: Names, kind: Kind) -> str:
    text = (TEMPLATES / f"{template}.template").read_text(encoding="utf-8")
    return Template(text).substitute(
        name=names.name,
        package=names.package,
        class_name=names.class_name,
        summary=KINDS[kind].summary,
        scenario=KINDS[kind].scenario,
        model=MODEL,
    )
