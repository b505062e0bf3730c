"""The service models as the runtime uses them: an offer and its plans, an indication and its report, an outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ricloop.core.dialect import STANDARD
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.base import ServiceModel
from ricloop.e2sm.registry import SERVICE_MODELS, match
from ricloop.e2sm.samples import Controlled, Indicated
from tests.fuzz.target import Reader, Target, one_of

Row: TypeAlias = tuple[Reader, bytes]


def _handle_of(ue: UeId) -> int:
    return 1


def _offers(model: ServiceModel) -> Row:
    samples = model.samples()

    def read(definition: bytes) -> None:
        match("0.0", definition)
        offer = model.describe(definition)
        for indicated in samples.feeds:
            model.served(indicated.feed, offer, STANDARD)
            model.plan(indicated.feed, offer, offer.cells, frozenset(), STANDARD)
            model.queries(indicated.feed, offer)
        for controlled in samples.actions:
            model.can_control(controlled.action, offer)

    return read, samples.definition


def _reports(model: ServiceModel, indicated: Indicated) -> Iterator[Row]:
    feed = indicated.feed
    offer = model.describe(model.samples().definition)
    action = model.plan(feed, offer, offer.cells, frozenset(), STANDARD)[0].actions[0]

    def read(header: bytes, message: bytes) -> None:
        part = model.decode(action, header, message, STANDARD)
        model.assemble(feed, [part], _handle_of, None)

    yield lambda header: read(header, indicated.message), indicated.header
    yield lambda message: read(indicated.header, message), indicated.message


def _verdicts(model: ServiceModel, controlled: Controlled) -> Row:
    return lambda outcome: model.verdict(controlled.action, outcome, STANDARD), controlled.outcome or b""


def _rows() -> Iterator[Row]:
    for model in SERVICE_MODELS.values():
        samples = model.samples()
        yield _offers(model)
        for indicated in samples.feeds:
            yield from _reports(model, indicated)
        for controlled in samples.actions:
            yield _verdicts(model, controlled)


def _seeds(rows: Sequence[Row]) -> Iterator[bytes]:
    return (bytes((number,)) + octets for number, (_, octets) in enumerate(rows))


_ROWS = tuple(_rows())
TARGETS: dict[str, Target] = {
    # A node's own name of a measurement may be one that cannot be asked for.
    "models": Target(
        "offers, reports and outcomes as the runtime reads them",
        one_of([reader for reader, _ in _ROWS], DecodeError, EncodeError),
        lambda: _seeds(_ROWS),
    )
}
