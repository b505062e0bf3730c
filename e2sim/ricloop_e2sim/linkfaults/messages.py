"""Faults of an E2 link: messages that get lost, late, twice, in another order or damaged between a node and its RIC;
its associations' are in `associationfaults`.

Nothing here sends: a caller hands in what one side sends and the time, and passes on what comes back. The random
numbers are the link's own, a fixed number for each message, so a fault neither moves the radio network nor the faults
of another link; which fault a message meets depends on its number on its way alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.bounds import within
from ricloop_e2sim.linkfaults.association import AssociationFault, AssociationFaults

FAULTS = {
    "drop": "the message never arrives",
    "delay": "it arrives later; amount: ticks",
    "duplicate": "it arrives twice",
    "reorder": "it arrives after the one that follows it",
    "truncate": "its end is missing",
    "corrupt": "bits of it are turned; amount: how many",
}
"""Of a message: what each does, and what its amount means."""
WAYS = ("to-ric", "from-ric")
MESSAGES: dict[str, bytes] = {"all": b"", "controls": b"\x00\x04", "indications": b"\x00\x05"}
"""Which messages, by their first octets: initiatingMessage and its procedure code (O-RAN E2AP 9.3)."""
MOST_HELD = 1024
"""Messages that wait on one way; one more passes, and is counted as `FULL`."""
FULL = "full"
MOST_RECORDS = 100_000
"""Records kept; further faults are only counted."""


@dataclass(frozen=True, slots=True)
class LinkFault:
    """One fault of the links of some gNBs. Raises ConfigError for what cannot be."""

    kind: str
    probability: float
    """Of each message."""
    gnb: str = ""
    """Whose link, as `gnb2`; empty: everybody's."""
    start_s: float = 0.0
    end_s: float = float("inf")
    way: str = "to-ric"
    messages: str = "indications"
    """One of `MESSAGES`."""
    amount: int = 1

    def __post_init__(self) -> None:
        for what, known in ((self.kind, FAULTS), (self.way, WAYS), (self.messages, MESSAGES)):
            if what not in known:
                raise ConfigError(f"no link fault knows {what!r}.{nearest(what, known)} Known: {', '.join(known)}")
        within(0, 1, probability=self.probability)
        within(1, 64, amount=self.amount)
        if not 0 <= self.start_s < self.end_s:
            raise ConfigError(f"{self.kind} from {self.start_s:g} to {self.end_s:g} s: give an end after the start")

    def truth(self) -> dict[str, Any]:
        """`kind` as `link-drop`, `entity`, `start` and `end` in s, None where it never ends, and `probability`."""
        return {
            "kind": f"link-{self.kind}",
            "entity": self.gnb or "all",
            "start": self.start_s,
            "end": None if self.end_s == float("inf") else self.end_s,
            "probability": self.probability,
        }


class LinkFaults:
    """One node's link, both ways."""

    def __init__(
        self,
        planned: Sequence[LinkFault],
        gnb: str,
        tick_us: int,
        seed: np.random.SeedSequence,
        associations: Sequence[AssociationFault] = (),
    ) -> None:
        """Those of `planned` and `associations` that are this gNB's."""
        own = [fault for fault in planned if fault.gnb in ("", gnb)]
        self.gnb, self.counters = gnb, Counter[str]()
        self.records: list[dict[str, Any]] = []
        """What happened: `kind`, `entity`, `way`, `time_us`, `number` of the message on its way, `octets`; of an
        association, `way` is both and `number` −1."""
        self._ways = {
            way: _Way([fault for fault in own if fault.way == way], tick_us, stream)
            for way, stream in zip(WAYS, seed.spawn(len(WAYS)), strict=True)
        }
        (late,) = seed.spawn(1)
        self.association = AssociationFaults(associations, gnb, np.random.Generator(np.random.PCG64(late)))

    def carry(self, way: str, sent: Sequence[bytes], time_us: int) -> list[bytes]:
        """What arrives now of what was `sent` on a way of `WAYS` now and before; ask every tick, also with nothing."""
        arrived, met = self._ways[way].carry(sent, time_us)
        for kind, number, octets in met:
            self._record(kind, way, time_us, number, octets)
        return arrived

    def note(self, kind: str, time_us: int, octets: int) -> None:
        """A fault struck the association."""
        self._record(kind, "both", time_us, -1, octets)

    def _record(self, kind: str, way: str, time_us: int, number: int, octets: int) -> None:
        self.counters[kind] += 1
        if len(self.records) < MOST_RECORDS and kind != FULL:
            self.records.append(
                {"kind": kind, "entity": self.gnb, "way": way, "time_us": time_us, "number": number, "octets": octets}
            )

    def renew(self) -> None:
        """A new association: what was on its way is gone."""
        for way in self._ways.values():
            way.forget()


class _Way:
    """One direction: what is planned for it, and the messages that are late or let another pass."""

    def __init__(self, faults: list[LinkFault], tick_us: int, seed: np.random.SeedSequence) -> None:
        self._faults, self._tick_us = faults, tick_us
        self._generator = np.random.Generator(np.random.PCG64(seed))
        self._number = 0
        self._late: list[tuple[int, int, bytes]] = []
        """When it is due, its number, the message."""
        self._behind: list[bytes] = []

    def forget(self) -> None:
        self._late.clear()
        self._behind.clear()

    def carry(self, sent: Sequence[bytes], time_us: int) -> tuple[list[bytes], list[tuple[str, int, int]]]:
        """What arrives, and every fault met: kind, number and octets of the message."""
        arrived = [data for _, _, data in sorted(late for late in self._late if late[0] <= time_us)]
        self._late = [late for late in self._late if late[0] > time_us]
        met: list[tuple[str, int, int]] = []
        for message in sent:
            waiting = self._behind
            self._behind = []
            passing, kinds = self._meet(message, time_us, len(waiting))
            if passing:
                arrived += passing + waiting
            else:
                self._behind = waiting + self._behind
            met += [(kind, self._number, len(message)) for kind in kinds]
            self._number += 1
        return arrived, met

    def _meet(self, message: bytes, time_us: int, waiting: int) -> tuple[list[bytes], list[str]]:
        """What of it passes at once, and the faults that it met."""
        passing, kinds = [message], []
        for fault in self._faults:
            draw, *places = self._generator.random(1 + fault.amount).tolist()
            strikes = fault.start_s * 1e6 <= time_us < fault.end_s * 1e6 and draw < fault.probability
            if not (passing and strikes and message.startswith(MESSAGES[fault.messages])):
                continue
            holds = fault.kind in ("delay", "reorder")
            if holds and len(self._late) + waiting >= MOST_HELD:
                kinds.append(FULL)
                continue
            kinds.append(fault.kind)
            if fault.kind == "delay":
                due_us = time_us + fault.amount * self._tick_us
                self._late += [(due_us, self._number, data) for data in passing]
            elif fault.kind == "reorder":
                self._behind += passing
            passing = [] if holds else _harmed(fault.kind, passing, places)
        return passing, kinds


def _harmed(kind: str, passing: list[bytes], places: list[float]) -> list[bytes]:
    """`places` in 0..1 say where in a message."""
    if kind == "drop":
        return []
    if kind == "duplicate":
        return passing * 2
    if kind == "truncate":
        return [data[: 1 + int(places[0] * (len(data) - 1))] for data in passing]
    return [_turned(data, {int(place * 8 * len(data)) for place in places}) for data in passing]


def _turned(data: bytes, bits: set[int]) -> bytes:
    turned = bytearray(data)
    for bit in bits if data else ():
        turned[bit // 8] ^= 0x80 >> bit % 8
    return bytes(turned)
