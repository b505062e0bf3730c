"""KPM as the runtime sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from ricloop.core.actions import Action, PolicyChange
from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.e2sm.base import ActionPlan, ControlContext, HandleOf, Offer, Part, QueryPlan, SubscriptionPlan, Verdict
from ricloop.e2sm.common import MovesUe
from ricloop.e2sm.kpm import codec
from ricloop.e2sm.kpm.assemble import Content, Planned, cell_report, chunks, ue_report
from ricloop.e2sm.kpm.condition import ALL_UES, Condition
from ricloop.e2sm.kpm.feeds import Every, EveryUe, period_ms
from ricloop.e2sm.kpm.listing import Memory
from ricloop.e2sm.kpm.matching import LabelMatch, Matching
from ricloop.e2sm.kpm.metric import WHOLE, Measurement, Metric
from ricloop.e2sm.kpm.metrics import fold
from ricloop.e2sm.kpm.report import Report, UeReport
from ricloop.e2sm.kpm.vendors import alias_of
from ricloop.e2sm.samples import Samples

_MOST_ACTIONS = 16
"""In one RIC subscription (E2AP maxofRICactionID)."""
_CELL_STYLES, _UE_STYLES = (1,), (4, 3)
"""Report styles that can bring a feed, the first one offered being used."""


class Kpm:
    """E2SM-KPM: periodic reports per cell and per UE."""

    name = "kpm"
    short_name = codec.SHORT_NAME
    arc = 2

    def samples(self) -> Samples:
        # Not at start-up: only who checks the model asks.
        from ricloop.e2sm.kpm.samples import samples

        return samples()

    def describe(self, definition: bytes) -> Offer:
        return Offer(self.name, (), codec.decode_function_definition(definition))

    def plan(
        self, feed: Feed[Any], offer: Offer, cells: Sequence[CellId], served: frozenset[str], dialect: Dialect
    ) -> tuple[SubscriptionPlan, ...]:
        """An action per cell, because an indication names none; one for the node where no cell is known."""
        if not self.owns(feed):
            return ()
        spelled = _spelled(feed, offer, dialect)
        style = _style(feed, offer)
        wanted = [metric for metric in feed.metrics if metric in spelled and metric.name not in served]
        if style is None or not wanted:
            return ()
        measurements, scales = zip(*(spelled[metric] for metric in wanted), strict=True)
        columns = np.array([feed.rows[metric] for metric in wanted], np.intp)
        factors = None if all(scale == 1 for scale in scales) else np.array(scales, np.float32)
        trigger = codec.encode_event_trigger(period_ms(feed))
        return tuple(
            SubscriptionPlan(
                trigger,
                tuple(
                    _action(number, feed, style, cell, measurements, columns, dialect, factors)
                    for number, cell in enumerate(together, start=1)
                ),
            )
            for together in chunks(list(cells) or [None], _MOST_ACTIONS)
        )

    def served(self, feed: Feed[Any], offer: Offer, dialect: Dialect) -> frozenset[str]:
        return frozenset(metric.name for metric in _spelled(feed, offer, dialect)) if self.owns(feed) else frozenset()

    def owns(self, feed: Feed[Any]) -> TypeGuard[Every | EveryUe]:
        return isinstance(feed, Every | EveryUe)

    def decode(self, plan: ActionPlan, header: bytes, message: bytes, dialect: Dialect) -> Part:
        planned: Planned = plan.detail
        time = codec.decode_indication_header(header, dialect)
        return Part(
            time,
            plan.cell,
            Content(planned, codec.decode_message(message, planned.definition, dialect, planned.memory)),
        )

    def assemble(self, feed: Feed[Any], parts: Sequence[Part], handle_of: HandleOf, previous: Any) -> Report | UeReport:
        """Joined by cell or UE; NaN where no part has a value. `previous` adds nothing: a report is one period."""
        if isinstance(feed, EveryUe):
            return ue_report(feed, parts, handle_of)
        if isinstance(feed, Every):
            return cell_report(feed, parts)
        raise ConfigError(f"KPM does not bring {feed.title}")

    def queries(self, feed: Feed[Any], offer: Offer) -> tuple[QueryPlan, ...]:
        return ()

    def controls(self, action: Action) -> bool:
        return False

    def can_control(self, action: Action, offer: Offer) -> bool:
        return False

    def encode_control(self, action: Action, context: ControlContext) -> tuple[bytes, bytes]:
        raise ConfigError(f"KPM only reports; it does not carry {action!r}")

    def plan_policy(self, action: PolicyChange, offer: Offer, dialect: Dialect) -> SubscriptionPlan:
        raise ConfigError(f"KPM has no policies; it does not carry {action!r}")

    def verdict(self, action: Action, outcome: bytes | None, dialect: Dialect) -> Verdict:
        return Verdict(True)

    def shown_by(self, value: Any) -> tuple[type[Any], ...]:
        return (MovesUe,) if isinstance(value, UeReport) else ()

    def confirmed(self, action: Action, value: Any) -> bool | None:
        """A per-UE report shows in which cell a moved UE is."""
        return value.confirms(action) if isinstance(value, UeReport) else None


def _style(feed: Every | EveryUe, offer: Offer) -> codec.ReportStyle | None:
    """The report style that brings the feed."""
    definition: codec.Definition = offer.detail
    styles = (definition.style(type_) for type_ in (_UE_STYLES if isinstance(feed, EveryUe) else _CELL_STYLES))
    return next((style for style in styles if style is not None), None)


def _spelled(feed: Every | EveryUe, offer: Offer, dialect: Dialect) -> dict[Metric, tuple[Measurement, float]]:
    """The feed's metrics that the node announces: as it calls them, and what its numbers are multiplied by.

    The name in its vendor's profile counts; a node that has not that one but the standard's also counts as it does,
    unless its vendor gives the standard's name to something else.
    """
    style = _style(feed, offer)
    if style is None:
        return {}
    ids = style.ids or (None,) * len(style.measurements)
    known = {fold(name): (name, id_) for name, id_ in zip(style.measurements, ids, strict=True)}
    aliases = () if dialect.vendor is None else dialect.vendor.aliases
    taken = {fold(alias.own) for alias in aliases if fold(alias.own) != fold(alias.standard)}
    found: dict[Metric, tuple[Measurement, float]] = {}
    for metric in feed.metrics:
        alias = alias_of(dialect.vendor, metric.name)
        for name, factor in ((alias.own, alias.factor), (metric.name, 1.0)):
            own = known.get(fold(name))
            if own is not None and not (fold(name) == fold(metric.name) and fold(name) in taken):
                found[metric] = Measurement(own[0], metric.label, own[1]), factor
                break
    return found


def _action(
    number: int,
    feed: Every | EveryUe,
    style: codec.ReportStyle,
    cell: CellId | None,
    measurements: tuple[Measurement, ...],
    columns: Any,
    dialect: Dialect,
    factors: NDArray[np.float32] | None,
) -> ActionPlan:
    condition = (feed.where or ALL_UES) if isinstance(feed, EveryUe) else None
    definition = codec.ActionDefinition(
        style=style.type,
        measurements=measurements,
        granularity_ms=period_ms(feed),
        cell=cell,
        conditions=(condition,) if condition is not None and style.type == 4 else (),
        matching=tuple(_matching(one, condition) for one in measurements)
        if condition is not None and style.type == 3
        else (),
    )
    return ActionPlan(
        number,
        codec.encode_action_definition(definition, dialect),
        cell,
        Planned(definition, columns, factors, Memory(definition)),
    )


def _matching(measurement: Measurement, condition: Condition) -> Matching:
    """In style 3 a measurement's label is one of its conditions."""
    label = () if measurement.label == WHOLE else (LabelMatch(measurement.label),)
    return Matching((*label, condition))
