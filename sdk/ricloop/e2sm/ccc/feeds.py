"""The inputs that CCC offers an xApp: configuration of cells and nodes, upon change, each period, or by query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, overload

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed
from ricloop.core.time import ms
from ricloop.e2sm.ccc.attributes import structure
from ricloop.e2sm.ccc.checks import named, named_attribute
from ricloop.e2sm.ccc.configuration import Configuration
from ricloop.e2sm.ccc.states import States
from ricloop.e2sm.ccc.structures import EnergySaving


@dataclass(frozen=True, eq=False)
class Watch(Feed[States]):
    """Report of energy saving of every cell: all at first, then each change."""

    structure: type[EnergySaving]

    @property
    def title(self) -> str:
        return f"ccc.watch({self.structure.__name__})"


@dataclass(frozen=True, eq=False)
class Watched(Feed[Configuration]):
    """Report of one structure, `each` period, or upon change where that is None."""

    structure: str
    attributes: tuple[str, ...]
    node: bool
    """The node's structure, not its cells'."""
    each: timedelta | None = None

    @property
    def title(self) -> str:
        how = "ccc.watch(" if self.each is None else f"ccc.report({self.each // ms(1)} ms, "
        return f"{how}{', '.join((self.structure, *self.attributes))}{', node' if self.node else ''})"


@dataclass(frozen=True, eq=False)
class Queried(Feed[Configuration]):
    """One structure, asked for each interval."""

    structure: str
    attributes: tuple[str, ...]
    node: bool
    interval: timedelta

    @property
    def asked_each(self) -> timedelta:
        return self.interval

    @property
    def title(self) -> str:
        return f"ccc.read({self.interval // ms(1)} ms, {', '.join((self.structure, *self.attributes))})"


@overload
def watch(structure: type[EnergySaving], /) -> Feed[States]: ...
@overload
def watch(structure: str, /, *attributes: str, node: bool = ...) -> Feed[Configuration]: ...
def watch(structure: type[EnergySaving] | str, /, *attributes: str, node: bool = False) -> Feed[Any]:
    """`watch(ccc.EnergySaving)`: the `States` of every cell, from the first report on and after each change.
    `watch("O-NRCellDU", "operationalState")`: the `Configuration` of any structure; no attribute named: all.

    Raises ConfigError for a structure that is not of that level, and for an attribute that is not reported.
    """
    if structure is EnergySaving:
        return Watch(EnergySaving)
    return Watched(*_checked("ccc.watch", structure, attributes, node))


def report(each: timedelta, structure: str, /, *attributes: str, node: bool = False) -> Feed[Configuration]:
    """The `Configuration` of a structure each period (10 ms or more), changed or not. Raises ConfigError as `watch`."""
    if not isinstance(each, timedelta) or each < ms(10):
        raise ConfigError(f"ccc.report: the period is a length of time of 10 ms or more, as ms(1000), not {each!r}")
    return Watched(*_checked("ccc.report", structure, attributes, node), each)


def read(interval: timedelta, structure: str, /, *attributes: str, node: bool = False) -> Feed[Configuration]:
    """The `Configuration` of a structure, asked for each interval (E2AP v3, CCC v05). Raises ConfigError as `watch`."""
    if not isinstance(interval, timedelta) or interval < ms(1):
        raise ConfigError(f"ccc.read: the interval is a length of time of 1 ms or more, as ms(1000), not {interval!r}")
    return Queried(*_checked("ccc.read", structure, attributes, node), interval)


def _checked(what: str, name: Any, attributes: tuple[str, ...], node: bool) -> tuple[str, tuple[str, ...], bool]:
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{what} reads ccc.EnergySaving or a structure by its name, not {name!r}")
    known = structure(name)
    try:
        sent = named(name, node=node)
        names = tuple(named_attribute(name, attribute) for attribute in attributes)
    except ValueError as fault:
        raise ConfigError(f"{what}: {fault}") from None
    for one in names:
        row = None if known is None else known.attribute(one)
        if row is not None and not row.reported:
            raise ConfigError(f"{what}: {sent}.{one} is controlled, but not reported")
    return sent, names, node
