"""KPM: what is asked of which node, and how the answers of several become one report."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from ricloop.core.dialect import FLEXRIC, STANDARD
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed
from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.core.time import ms
from ricloop.e2sm import kpm, rc, registry
from ricloop.e2sm.base import ActionPlan, Offer, Part
from ricloop.e2sm.kpm import codec
from ricloop.e2sm.kpm.assemble import Planned
from ricloop.e2sm.kpm.matching import Matching
from ricloop.e2sm.kpm.model import Kpm

PLMN = Plmn("001", "01")
A, B, C = (Cgi(PLMN, n << 14).packed for n in (1, 2, 3))
MODEL = Kpm()
PRB, CONNECTED, RSRP = (kpm.Metric(name) for name in ("RRU.PrbTotDl", "RRC.ConnMean", "RSRP"))
GUAMI = Guami(PLMN, 1, 1, 1)
NONE: frozenset[str] = frozenset()


def offer(cell_level: list[str], ue_level: list[str] | None = None) -> Offer:
    return MODEL.describe(codec.encode_function_definition(codec.definition_of(cell_level, ue_level or [])))


DU = offer(["RRU.PrbTotDl", "DRB.UEThpDl"], ["RSRP"])
CU = offer(["RRC.ConnMean"], ["RRC.ConnMean"])


def handle(ue: UeId) -> int:
    """Both nodes of a split gNB know the F1AP id."""
    return ue.f1ap[0] * 10


def cell_part(plan: ActionPlan, *values: float, time: int = 5) -> Part:
    header, message = codec.encode_indication_header(time), codec.encode_cell_message(values)
    return MODEL.decode(plan, header, message, STANDARD)


def ue_part(plan: ActionPlan, ues: list[UeId], *rows: list[float]) -> Part:
    header, message = codec.encode_indication_header(5), codec.encode_ue_message(ues, rows)
    return MODEL.decode(plan, header, message, STANDARD)


def planned(feed: Feed[kpm.Report] | Feed[kpm.UeReport], of: Offer, cells: list[int]) -> tuple[ActionPlan, ...]:
    (plan,) = MODEL.plan(feed, of, cells, NONE, STANDARD)
    return plan.actions


def test_a_node_of_style_3_alone_still_reports_its_ues() -> None:
    style = codec.ReportStyle(3, "Condition-based", ("RSRP",), (), 3, 1, 2)
    definition = codec.definition_of([])
    only = MODEL.describe(
        codec.encode_function_definition(codec.Definition(definition.name, definition.event_styles, (style,)))
    )
    feed = kpm.every_ue(ms(100), RSRP, where=kpm.where("RSRP", ">", -100))
    for dialect in (STANDARD, FLEXRIC):
        ((plan,),) = (plan.actions for plan in MODEL.plan(feed, only, [A], NONE, dialect))
        asked = codec.decode_action_definition(plan.definition or b"", dialect)
        assert asked.matching == (Matching((kpm.where("RSRP", ">", -100),)),)
        matched = [[{UeId(f1ap=(2,)): -90.0, UeId(f1ap=(1,)): -80.0}]]
        message = codec.encode_condition_message(asked, matched, None, dialect)
        part = MODEL.decode(plan, codec.encode_indication_header(5, dialect), message, dialect)
        report = MODEL.assemble(feed, [part], handle, None)
        assert isinstance(report, kpm.UeReport)
        assert report.ues.tolist() == [10, 20]
        assert report[RSRP].tolist() == [-80.0, -90.0]
        assert report.cells.tolist() == [A, A]


def test_each_cell_gets_an_action_and_a_subscription_holds_sixteen() -> None:
    cells = [Cgi(PLMN, n).packed for n in range(40)]
    plans = MODEL.plan(kpm.every(ms(100), PRB, CONNECTED), DU, cells, NONE, STANDARD)
    assert [len(plan.actions) for plan in plans] == [16, 16, 8]
    assert [action.cell for plan in plans for action in plan.actions] == cells
    assert [action.action_id for action in plans[2].actions] == list(range(1, 9))
    assert codec.decode_event_trigger(plans[0].event_trigger) == 100
    definition = codec.decode_action_definition(plans[1].actions[3].definition or b"")
    assert (definition.style, definition.cell, definition.granularity_ms) == (1, cells[19], 100)
    assert [one.name for one in definition.measurements] == ["RRU.PrbTotDl"]
    assert isinstance(plans[1].actions[3].detail, Planned)
    assert plans[1].actions[3].detail.definition == definition


def test_a_node_without_known_cells_is_asked_as_a_whole() -> None:
    feed = kpm.every(ms(100), PRB)
    (action,) = planned(feed, DU, [])
    assert action.cell is None
    report = MODEL.assemble(feed, [cell_part(action, 7)], handle, None)
    assert isinstance(report, kpm.Report)
    assert report.node_level
    assert report[PRB].tolist() == [7]


def test_only_what_the_node_announces_and_nobody_else_brings_is_asked() -> None:
    feed = kpm.every(ms(100), PRB, CONNECTED)
    assert MODEL.served(feed, DU, STANDARD) == {"RRU.PrbTotDl"}
    assert MODEL.plan(feed, DU, [A], frozenset({"RRU.PrbTotDl"}), STANDARD) == ()
    assert MODEL.plan(kpm.every(ms(100), CONNECTED), DU, [A], NONE, STANDARD) == ()
    assert MODEL.plan(kpm.every_ue(ms(100), RSRP), offer(["RSRP"]), [A], NONE, STANDARD) == ()


def test_a_metric_is_asked_in_the_nodes_own_spelling() -> None:
    volume = kpm.Metric("QosFlow.PdcpPduVolumeDL")
    feed = kpm.every(ms(100), volume)
    (action,) = planned(feed, offer(["qosflow.PdcpPduVolumeDl"]), [A])
    definition = codec.decode_action_definition(action.definition or b"")
    assert [one.name for one in definition.measurements] == ["qosflow.PdcpPduVolumeDl"]
    report = MODEL.assemble(feed, [cell_part(action, 3)], handle, None)
    assert isinstance(report, kpm.Report)
    assert report[volume].tolist() == [3]


def test_cells_and_nodes_are_joined_into_one_report() -> None:
    feed = kpm.every(ms(100), CONNECTED, PRB)
    du, cu = planned(feed, DU, [B, A, C]), planned(feed, CU, [A, B])
    parts = [cell_part(du[0], 20), cell_part(cu[0], 1), cell_part(du[1], 10, time=6), cell_part(du[2], 30)]
    report = MODEL.assemble(feed, parts, handle, None)
    assert isinstance(report, kpm.Report)
    assert report.cells.tolist() == [A, B, C]
    assert report[PRB].tolist() == [10, 20, 30]
    assert report[CONNECTED].tolist()[0] == 1
    assert np.isnan(report[CONNECTED]).tolist() == [False, True, True]
    assert report[PRB].dtype == np.float32
    assert (report.time, report.period) == (6, ms(100))


def test_ues_of_a_split_gnb_are_joined_by_their_handle() -> None:
    feed = kpm.every_ue(ms(100), RSRP, CONNECTED, where=kpm.where("RSRP", ">", -100))
    du, cu = planned(feed, DU, [A, B]), planned(feed, CU, [A, B])
    definition = codec.decode_action_definition(du[0].definition or b"")
    assert (definition.style, definition.conditions) == (4, (kpm.where("RSRP", ">", -100),))
    one, two = UeId(f1ap=(1,)), UeId(f1ap=(2,))
    at_cu = [UeId(amf_ue_ngap_id=n, guami=GUAMI, f1ap=(n,)) for n in (2, 1, 3)]
    parts = [
        ue_part(cu[1], at_cu[:2], [0.5], [math.nan]),
        ue_part(cu[0], at_cu[2:], [1]),
        ue_part(du[1], [one, two], [-90.5], [-80]),
    ]
    report = MODEL.assemble(feed, parts, handle, None)
    assert isinstance(report, kpm.UeReport)
    assert report.ues.tolist() == [10, 20, 30]
    assert report.cells.tolist() == [B, B, A]
    assert report[RSRP].tolist()[:2] == [-90.5, -80]
    np.testing.assert_array_equal(report[CONNECTED], np.array([math.nan, 0.5, 1], np.float32))
    assert report.in_cell(B).tolist() == [10, 20]
    assert report.cell_of(30) == A
    assert report.cell_of(4) is None


def test_every_ue_without_a_condition_asks_for_all_ues() -> None:
    (action,) = planned(kpm.every_ue(ms(100), RSRP), DU, [A])
    definition = codec.decode_action_definition(action.definition or b"")
    assert definition.conditions == (kpm.where("RSRP"),)


def test_a_report_of_no_ue_is_empty() -> None:
    report = MODEL.assemble(kpm.every_ue(ms(100), RSRP), [], handle, None)
    assert isinstance(report, kpm.UeReport)
    assert len(report) == 0
    assert report[RSRP].shape == (0,)


def test_a_ue_report_confirms_a_handover() -> None:
    report = kpm.UeReport.of([1], [A], {RSRP: -80.0})
    assert MODEL.confirmed(rc.handover(1, A), report) is True
    assert MODEL.confirmed(rc.handover(1, B), report) is False
    assert MODEL.confirmed(rc.handover(2, B), report) is None
    assert MODEL.confirmed(rc.handover(1, A), kpm.Report.of([A], {PRB: 1.0})) is None


def test_a_column_that_was_not_asked_for_is_named() -> None:
    report = kpm.Report.of([A, B], {PRB: [1, 2]})
    with pytest.raises(ConfigError, match=r"no 'RSRP'.*RRU\.PrbTotDl"):
        report[RSRP]
    assert report.metrics == (PRB,)
    assert report.aged(timedelta(seconds=1)).age == timedelta(seconds=1)


def test_the_busiest_cell_of_a_site_counts_for_all_its_cells() -> None:
    site = [Cgi(PLMN, 7 << 14 | n).packed for n in range(3)]
    report = kpm.Report.of([*site, C], {PRB: [1, 80, math.nan, math.nan]})
    np.testing.assert_array_equal(report.site_max(PRB), np.array([80, 80, 80, math.nan], np.float32))
    assert report.sites.dtype == np.int64


@pytest.mark.parametrize(
    ("name", "right"),
    [("RRU.PrbTotDL", "RRU.PrbTotDl"), ("RRC.ConMean", "RRC.ConnMean"), ("DRB.UEThDl", "DRB.UEThpDl")],
)
def test_a_misspelt_metric_is_refused_with_the_right_spelling(name: str, right: str) -> None:
    with pytest.raises(ConfigError, match=f"Did you mean '{right}'"):
        kpm.Metric(name)


@pytest.mark.parametrize(
    "name", ["TB.InitialErrNbrDl", "TB.IntialErrNbrDl", "QosFlow.PdcpPduVolumeDl", "RRC.ConnEstabFailCause.congestion"]
)
def test_a_second_spelling_in_use_is_taken(name: str) -> None:
    assert kpm.Metric(name).name == name
    assert kpm.Metric(name).measure.name in kpm.METRICS


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: kpm.every(ms(0.5), PRB), "whole milliseconds"),
        (lambda: kpm.every(ms(0), PRB), "whole milliseconds"),
        (lambda: kpm.every(ms(100)), "at least one metric"),
        (lambda: kpm.every(ms(100), PRB, PRB), "named twice"),
        (lambda: kpm.every(ms(100), "RRU.PrbTotDl"), "kpm.Metric"),  # type: ignore[arg-type]
        (lambda: kpm.every(100, PRB), r"ms\(100\)"),  # type: ignore[arg-type]
        (lambda: kpm.every_ue(ms(100), kpm.Metric("PEE.Energy")), "not per UE"),
        (lambda: kpm.where("RSRPP", ">", 1), "Did you mean 'RSRP'"),
        (lambda: kpm.where("RSRP", ">=", 1), "compares with"),
        (lambda: kpm.where("RSRP", ">"), "takes no value"),
        (lambda: kpm.where("slice", "==", 1), "Slice"),
    ],
)
def test_a_feed_that_cannot_be_is_refused_in_words(wrong: object, says: str) -> None:
    assert callable(wrong)
    with pytest.raises(ConfigError, match=says):
        wrong()


def test_a_function_is_matched_by_oid_or_short_name() -> None:
    definition = codec.encode_function_definition(codec.definition_of(["CQI"]))
    for oid in ("1.3.6.1.4.1.53148.1.3.2.2", "1.3.6.1.4.1.53148.1.2.2.2", "1.2.3"):
        model = registry.match(oid, definition)
        assert model is not None
        assert model.name == "kpm"
    assert registry.match("1.3.6.1.4.1.53148.1.1.2.142", b"\x00") is None
    assert registry.match("1.2.3", b"ORAN-E2SM-KPM") is None
    assert registry.owner_of_feed(kpm.every(ms(1), PRB)).name == "kpm"
    assert registry.owner_of_action(rc.handover(1, A)).name == "rc"
    with pytest.raises(ConfigError, match="no service model brings"):
        registry.owner_of_feed(Feed())
