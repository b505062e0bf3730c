"""Guards: each admits or refuses one action at a time, of every answer, the rule's too. They hold no state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, Cgi, Resource
from ricloop.core.time import ns
from ricloop.decide.history import KEPT, History
from ricloop.decide.topology import Topology
from ricloop.e2sm.ccc import States
from ricloop.e2sm.ccc.actions import put_to_sleep


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not sent, and who says so (`KeepCoverage`, `arbiter`, `stage` …)."""

    by: str
    reason: str

    def __str__(self) -> str:
        return f"{self.by}: {self.reason}"


@dataclass(frozen=True, slots=True)
class GuardView:
    """What a guard may look at."""

    now: int
    """Nanoseconds on the loop's clock."""
    topology: Topology
    states: States
    """The last reported energy saving state of every cell."""
    pending: tuple[Action, ...]
    """Sent, and not yet seen to take effect or to have failed: in flight, accepted, or without an answer, so that the
    node may still carry it out."""
    admitted: tuple[Action, ...]
    """Admitted already from the same decision."""
    history: History
    """What this xApp sent before."""


class Guard(Protocol):
    """Admits (None) or refuses an action. Kept in `XApp.guards`, one object for every instance: hold no state.

    A guard that raises refuses.
    """

    def admit(self, action: Action, view: GuardView) -> Refusal | None: ...


@dataclass(frozen=True, slots=True)
class Cooldown:
    """After a change of a resource's parameter, no other change of it for `length`."""

    length: timedelta

    def __post_init__(self) -> None:
        _positive("Cooldown", self.length)

    def admit(self, action: Action, view: GuardView) -> Refusal | None:
        last = view.history.last(action.resource, action.parameter)
        if last is None or view.now - last >= ns(self.length):
            return None
        rest = (ns(self.length) - (view.now - last)) / 1e6
        return Refusal("Cooldown", f"{action.resource} changed its {action.parameter} already; {rest:.0f} ms to wait")


@dataclass(frozen=True, slots=True)
class MaxChanges:
    """At most `n` changes, of any resource, within `per`."""

    n: int
    per: timedelta

    def __post_init__(self) -> None:
        _positive("MaxChanges", self.per)
        if not 0 <= self.n <= KEPT:
            raise ConfigError(f"MaxChanges: n is 0 to {KEPT}, not {self.n}")

    def admit(self, action: Action, view: GuardView) -> Refusal | None:
        made = view.history.count_since(view.now - ns(self.per)) + len(view.admitted)
        if made < self.n:
            return None
        return Refusal("MaxChanges", f"{made} of {self.n} changes within {self.per} are made already")


ActionT = TypeVar("ActionT", bound=Action)


@dataclass(frozen=True, slots=True)
class Bounds(Generic[ActionT]):
    """A number of one kind of action stays in a range: `Bounds(Tilt, lambda tilt: tilt.degrees, 0, 12)`."""

    type: type[ActionT]
    value: Callable[[ActionT], float]
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ConfigError(f"Bounds({self.type.__name__}): {self.low} to {self.high} is no range")

    def admit(self, action: Action, view: GuardView) -> Refusal | None:
        if not isinstance(action, self.type):
            return None
        value = self.value(action)
        # Written so that a NaN is refused.
        if self.low <= value <= self.high:
            return None
        return Refusal("Bounds", f"{action.parameter} of {action.resource} is {value}, not in {self.low}..{self.high}")


@dataclass(frozen=True, slots=True)
class KeepCoverage:
    """A cell sleeps only where an awake cell covers all it serves: its own area, and that of cells asleep below it.

    Energy saving and a NES policy of advanced sleep modes are both sleeps.

    A cell that this decision, or a control not seen to have worked or failed, puts to sleep covers nothing; one that is
    waking does so once it has reported that it is awake. What is unknown is refused.
    """

    def admit(self, action: Action, view: GuardView) -> Refusal | None:
        leaving = put_to_sleep(action)
        if leaving is None:
            return None
        going = _going_to_sleep(view)
        for served in (leaving, *_asleep_below(leaving, view, going)):
            refusal = _uncovered(served, leaving, view, going)
            if refusal is not None:
                return Refusal("KeepCoverage", refusal)
        return None


def _going_to_sleep(view: GuardView) -> frozenset[CellId]:
    changes = (*view.pending, *view.admitted)
    return frozenset(cell for action in changes if (cell := put_to_sleep(action)) is not None)


def _asleep_below(cell: CellId, view: GuardView, going: frozenset[CellId]) -> list[CellId]:
    """Cells that `cell` covers and that are not known to stay awake."""
    below = view.topology.covered(cell)
    return [c for c in below if c in going or view.states.state_of(c) is not False]


def _uncovered(served: CellId, leaving: CellId, view: GuardView, going: frozenset[CellId]) -> str | None:
    covers = [c for c in view.topology.covering(served) if c != leaving]
    name = Cgi.unpack(served)
    if not covers:
        what = "no other cell is known to cover" if served == leaving else "nothing else covers the sleeping"
        return f"{what} cell {name} in full (topology: {view.topology.source}; see --topology)"
    if any(c not in going and view.states.state_of(c) is False for c in covers):
        return None
    listed = ", ".join(str(Cgi.unpack(c)) for c in covers)
    return f"no cell that covers {name} is known to be awake and to stay so ({listed})"


ALWAYS: Sequence[Guard] = (KeepCoverage(),)
"""Applied to every decision, declared or not."""


def _positive(who: str, length: Any) -> None:
    if not isinstance(length, timedelta) or length <= timedelta(0):
        raise ConfigError(f"{who}: a length of time is needed, as ms(5000), not {length!r}")


def admit(
    actions: Sequence[Action],
    guards: Sequence[Guard],
    view: Callable[[tuple[Action, ...]], GuardView],
    failed: Callable[[str, Exception], None] | None = None,
) -> tuple[tuple[Action, ...], tuple[tuple[Action, Refusal], ...]]:
    """Pass each action through every guard, in order; `view` is asked for with what was admitted so far.

    A parameter of a resource changes once in a decision: what wants to change it again is refused. So is what a guard
    cannot judge: one that raises, or answers neither None nor a Refusal, refuses; `failed` hears its name and why.
    Returns what is admitted and what is refused: together exactly `actions`.
    """
    admitted: list[Action] = []
    refused: list[tuple[Action, Refusal]] = []
    declared = [guard for guard in guards if guard not in ALWAYS]
    changed: dict[tuple[Resource, str], Action] = {}
    for action in actions:
        try:
            key = (action.resource, action.parameter)
        except Exception as error:
            refused.append((action, _broken(type(action).__name__, "names no resource and parameter", error, failed)))
            continue
        refusal = _again(key, changed) or _refusal(action, (*ALWAYS, *declared), view(tuple(admitted)), failed)
        if refusal is None:
            admitted.append(action)
            changed[key] = action
        else:
            refused.append((action, refusal))
    return tuple(admitted), tuple(refused)


def _again(key: tuple[Resource, str], changed: Mapping[tuple[Resource, str], Action]) -> Refusal | None:
    first = changed.get(key)
    if first is None:
        return None
    return Refusal("decision", f"this decision changes the {key[1]} of {key[0]} already ({first}); once is enough")


def _refusal(
    action: Action, guards: Sequence[Guard], view: GuardView, failed: Callable[[str, Exception], None] | None
) -> Refusal | None:
    for guard in guards:
        name = type(guard).__name__
        try:
            said = guard.admit(action, view)
            if said is not None and not isinstance(said, Refusal):
                raise TypeError(f"{name}.admit must return a Refusal or None, not {said!r}")
        except Exception as error:
            # What nobody judged is not safe to send.
            return _broken(name, "failed", error, failed)
        if said is not None:
            return said
    return None


def _broken(name: str, what: str, error: Exception, failed: Callable[[str, Exception], None] | None) -> Refusal:
    if failed is not None:
        failed(name, error)
    return Refusal(name, f"{what}: {type(error).__name__}: {error}")
