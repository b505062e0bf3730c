"""A1 policies: which of them are in force, and for which xApps.

A policy has an id and a type, as in A1-P (O-RAN.WG2.A1AP): the type is the title of the pydantic model that an xApp
declares (`policy(Model)`), its class's name unless it says otherwise. What does not fit that model is not in force; the
one of the same id that was there before stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from ricloop.app import Handler
from ricloop.app.needs import policy_type, read_policy
from ricloop.core.feeds import Policy
from ricloop.runtime.a1.jsonschema import fault
from ricloop.runtime.loop.runner import Runner
from ricloop.runtime.stage import Stage

log = structlog.get_logger()

ENFORCED, NOT_ENFORCED = "ENFORCED", "NOT_ENFORCED"
MOST_REASON = 300
"""Characters of a reason that are kept."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A policy as it was given."""

    id: str
    type: str
    text: str
    """JSON."""


@dataclass(slots=True, eq=False)
class _Reader:
    """A need of one or more xApps."""

    need: Policy[Any]
    xapps: list[str]
    now: Instance | None = None
    """In force."""
    before: Instance | None = None
    """What was in force before it."""
    looked_at: Instance | None = None
    refusal: str = ""
    """Why that is not in force."""


@dataclass(slots=True)
class A1Policies:
    """The policies of one RIC. `put` is given a need and what is in force for it, None where nothing is."""

    put: Callable[[Policy[Any], Any], None]
    _given: tuple[Instance, ...] = ()
    _readers: dict[Policy[Any], _Reader] = field(default_factory=dict)
    _told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def apply(self, given: Iterable[Instance]) -> None:
        """These are all that there are from now on."""
        self._given = tuple(given)
        self._look(self._readers.values())

    def add(self, runner: Runner) -> None:
        """One more xApp. One that is off takes no policy."""
        if runner.stage is Stage.OFF:
            return
        for need in _policies_of(runner.handlers):
            self._readers.setdefault(need, _Reader(need, [])).xapps.append(runner.name)
        self._look(reader for reader in self._readers.values() if runner.name in reader.xapps)

    def remove(self, runner: Runner) -> None:
        """It is gone."""
        for need in _policies_of(runner.handlers):
            reader = self._readers.get(need)
            if reader is None:
                continue
            reader.xapps.remove(runner.name)
            if not reader.xapps:
                del self._readers[need]
                self.put(need, None)
        self._look(())

    def refuse(self, need: Policy[Any], text: str, reason: str) -> None:
        """Where the model is, the policy was looked at again and does not fit it: the one before is in force."""
        reader = self._readers.get(need)
        if reader is not None and reader.now is not None and reader.now.text == text:
            before = reader.before if reader.before is not None and reader.before.id == reader.now.id else None
            reader.refusal = reason[:MOST_REASON]
            self._force(reader, before)
            reader.before = None
            self._look(())

    def statuses(self) -> list[dict[str, Any]]:
        """Of each policy `id`, `type`, `status` (ENFORCED or NOT_ENFORCED), `reason` why not, `xapps` that take it."""
        return [dict(status) for status in self._told.values()]

    def counts(self) -> dict[str, int]:
        """How many are ENFORCED and how many are not."""
        stati = [status["status"] for status in self._told.values()]
        return {status: stati.count(status) for status in (ENFORCED, NOT_ENFORCED)}

    # --------------------------------------------------------------------------------------------------------- inside

    def _look(self, readers: Iterable[_Reader]) -> None:
        first = self._first()
        for reader in readers:
            instance = first.get(policy_type(reader.need).name)
            if instance == reader.looked_at:
                continue
            reader.looked_at, reader.refusal = instance, ""
            if instance is None:
                self._force(reader, None)
                continue
            try:
                value = _read(reader.need, instance.text)
            except ValueError as error:
                reader.refusal = str(error)[:MOST_REASON]
                if reader.now is not None and reader.now.id != instance.id:
                    self._force(reader, None)
            else:
                reader.before, reader.now = reader.now, instance
                self.put(reader.need, value)
        self._tell(first)

    def _first(self) -> dict[str, Instance]:
        """Of each type, the first one: a handler reads one."""
        found: dict[str, Instance] = {}
        for instance in self._given:
            found.setdefault(instance.type, instance)
        return found

    def _force(self, reader: _Reader, instance: Instance | None) -> None:
        reader.now = instance
        self.put(reader.need, None if instance is None else _read(reader.need, instance.text))

    def _tell(self, first: Mapping[str, Instance]) -> None:
        told = {instance.id: self._status(instance, first[instance.type]) for instance in self._given}
        for id, status in told.items():
            if status != self._told.get(id):
                say = log.info if status["status"] == ENFORCED else log.warning
                say("A1 policy", **status)
        for id in self._told.keys() - told.keys():
            log.info("A1 policy is withdrawn", id=id)
        self._told = told

    def _status(self, instance: Instance, first: Instance) -> dict[str, Any]:
        readers = [r for r in self._readers.values() if policy_type(r.need).name == instance.type]
        refusals = [f"{', '.join(r.xapps)}: {r.refusal}" for r in readers if r.refusal]
        if first is not instance:
            reason = f"policy '{first.id}' of this type is there already"
        elif not readers:
            types = sorted({policy_type(reader.need).name for reader in self._readers.values()})
            reason = f"no xApp here takes policies of type '{instance.type}'. There are: {', '.join(types) or 'none'}"
        else:
            reason = "; ".join(refusals)
        takers = sorted({xapp for r in readers if r.now == instance for xapp in r.xapps})
        return {
            "id": instance.id,
            "type": instance.type,
            "status": NOT_ENFORCED if reason else ENFORCED,
            "reason": reason,
            "xapps": takers if first is instance else [],
        }


def _policies_of(handlers: Iterable[Handler]) -> list[Policy[Any]]:
    return list(dict.fromkeys(need for handler in handlers for need in handler.needs if isinstance(need, Policy)))


def _read(need: Policy[Any], text: str) -> Any:
    """What a handler is given, or its text where the handler is in another process. Raises ValueError."""
    if need.told is not None:
        if (wrong := fault(orjson.loads(text), orjson.loads(need.told.schema))) is not None:
            raise ValueError(wrong)
        return text
    return read_policy(need.type, text)
