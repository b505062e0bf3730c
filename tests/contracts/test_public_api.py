"""What an author imports changes only on purpose: names and signatures are compared with a committed list.

After an intended change: `RICLOOP_UPDATE_API=1 pytest tests/contracts/test_public_api.py`, and say so in the changelog.
"""

from __future__ import annotations

import enum
import inspect
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

LISTED = Path(__file__).with_name("public_api.txt")
MODULES = ("ricloop", "ricloop.e2sm.ccc", "ricloop.e2sm.kpm", "ricloop.e2sm.rc", "ricloop.features", "ricloop.testing")


def described() -> Iterator[str]:
    for module_name in MODULES:
        module = import_module(module_name)
        for name in sorted(module.__all__):
            yield from lines(f"{module_name}.{name}", getattr(module, name))


def lines(path: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"class {path}{signature(value)}"
        for member in sorted(public(value)):
            found = inspect.getattr_static(value, member)
            plain = found.__func__ if isinstance(found, classmethod | staticmethod) else found
            if inspect.isfunction(plain):
                yield f"  {path}.{member}{signature(plain)}"
            else:
                yield f"  {path}.{member}"
    elif inspect.isfunction(value):
        yield f"def {path}{signature(value)}"
    elif path == "ricloop.__version__":
        yield f"{path}: str"
    else:
        yield f"{path}: {type(value).__name__}"


def public(cls: type[Any]) -> set[str]:
    """What a class itself and its bases of ours define; a library's members are the library's."""
    owners = [base for base in cls.__mro__ if base.__module__.startswith("ricloop")]
    names = {name for owner in owners for name in (*vars(owner), *vars(owner).get("__annotations__", ()))}
    skipped = {"model_config", "model_fields", "name", "value"} if issubclass(cls, enum.Enum) else {"model_config"}
    return {name for name in names if not name.startswith("_") and name not in skipped and hasattr_static(cls, name)}


def hasattr_static(cls: type[Any], name: str) -> bool:
    try:
        inspect.getattr_static(cls, name)
    except AttributeError:
        return False
    return True


def signature(value: Any) -> str:
    try:
        return str(inspect.signature(value))
    except (TypeError, ValueError):
        return "(…)"


def test_the_public_names_and_signatures_are_those_listed() -> None:
    now = "\n".join(described()) + "\n"
    if os.environ.get("RICLOOP_UPDATE_API"):
        LISTED.write_text(now)
    assert now == LISTED.read_text(), "changed on purpose? RICLOOP_UPDATE_API=1 writes the list anew"


def test_every_listed_name_can_be_imported_and_says_what_it_is() -> None:
    for module_name in MODULES:
        module = import_module(module_name)
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                assert value.__doc__, f"{module_name}.{name} has no docstring"
