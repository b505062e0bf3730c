"""One name in its three spellings: of the package and xApp (PEP 503), of the module, of the class."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec

import ricloop
from ricloop.core.errors import ConfigError
from ricloop.runtime.load import GROUP

LONGEST = 32
"""Letters of a name: with more, lines of what is written would break."""
TAKEN = {*ricloop.__all__, "Limits"}
"""Classes that an xApp's file has besides its own."""


@dataclass(frozen=True, slots=True)
class Names:
    """`cell-guard`, `cell_guard`, `CellGuard`."""

    name: str
    package: str
    class_name: str

    @classmethod
    def of(cls, given: str) -> Names:
        """Raises ConfigError for a name that cannot be one of an xApp, or is taken, with the way out."""
        name = re.sub(r"[-_.]+", "-", given).lower()
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > LONGEST:
            raise ConfigError(
                f"xApp name {given!r}: it starts with a letter, has letters, digits and single dashes between them, "
                f"and at most {LONGEST} of all, as 'cell-guard'"
            )
        class_name = "".join(part.capitalize() for part in name.split("-"))
        if class_name.isupper() or class_name in TAKEN:
            # Like a constant, or a class that the file has already.
            class_name += "XApp"
        names = cls(name, name.replace("-", "_"), class_name)
        if name in entry_points(group=GROUP).names:
            raise ConfigError(f"xApp name {given!r}: an installed xApp is called '{name}'; try 'my-{name}'")
        if keyword.iskeyword(names.package) or _is_module(names.package):
            raise ConfigError(f"xApp name {given!r}: Python has a '{names.package}' of its own; try 'my-{name}'")
        return names


def _is_module(package: str) -> bool:
    """A folder that merely has the name is none: `new` may have written it."""
    spec = find_spec(package)
    return spec is not None and spec.origin is not None
