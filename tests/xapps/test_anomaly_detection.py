"""Alarms become incidents, and incidents are told, shared and, where asked for, acted upon."""

from __future__ import annotations

import json
from collections.abc import Collection

import numpy as np
import pytest

from ricloop.core.predictions import Anomalies
from ricloop.decide.topology import Topology
from ricloop.e2sm import kpm, rc
from ricloop.runtime.loop.decider import Source
from ricloop.testing import TestLoop
from ricloop_xapps.anomaly_detection.incidents import Alarm, Incidents
from ricloop_xapps.anomaly_detection.xapp import (
    CONNECTED,
    INCIDENTS,
    METRICS,
    ODD,
    VOLUME,
    WATCHED,
    AnomalyDetection,
    Limits,
    load,
    users,
)
from tests.sdk.cells import A, B, C

S = 1_000_000_000


def nobody(cell: int) -> Collection[int]:
    return ()


def beside(cell: int) -> Collection[int]:
    return (cell - 1, cell + 1)


def alarm(cell: int, score: float = 2.0, *causes: str) -> Alarm:
    return Alarm(cell, score, causes)


def test_alarms_near_in_the_network_are_one_incident_and_others_are_not() -> None:
    found = Incidents().after([alarm(1), alarm(2, 3.0, "CQI"), alarm(9)], 5 * S, beside, 10 * S, 8)
    assert [one.cells for one in found.open] == [(1, 2), (9,)]
    assert [one.number for one in found.open] == [1, 2]
    assert (found.open[0].score, found.open[0].causes) == (3.0, ("CQI",))


def test_an_incident_goes_on_while_alarms_come_and_is_over_after_the_quiet() -> None:
    found = Incidents().after([alarm(1)], 0, nobody, 10 * S, 8)
    found = found.after([alarm(1, 5.0, "CQI")], 9 * S, nobody, 10 * S, 8)
    assert (found.open[0].started, found.open[0].last, found.open[0].score) == (0, 9 * S, 5.0)
    found = found.after([], 18 * S, nobody, 10 * S, 8)
    assert len(found.open) == 1
    found = found.after([alarm(1)], 19 * S, nobody, 10 * S, 8)
    assert (found.closed, found.open[0].number, found.open[0].started) == (1, 2, 19 * S)


def test_no_more_incidents_are_open_than_there_may_be_and_the_worst_are_kept() -> None:
    found = Incidents().after([alarm(cell, float(cell)) for cell in (2, 5, 9)], 0, nobody, S, 2)
    assert [one.cells for one in found.open] == [(9,), (5,)]
    assert found.dropped == 1


def cell_ids(count: int) -> tuple[int, ...]:
    return (A, B, C)[:count]


def plan(cells: Collection[int]) -> Topology:
    return Topology().with_cells(dict.fromkeys(cells, "gnb1"))


def report(cells: Collection[int], second: int, **columns: object) -> kpm.Report:
    usual = {metric: 50.0 + np.sin(second + np.arange(len(cells))) for metric in WATCHED}
    return kpm.Report.of(
        cells, {**usual, **{WATCHED[METRICS.index(k)]: v for k, v in columns.items()}}, time=second * S
    )


def saying(scores: list[float], blamed: int = 0) -> object:
    """A model that says this of any report."""

    def predict(report: kpm.Report, *needs: object) -> Anomalies:
        parts = np.zeros((len(report.cells), len(METRICS)), np.float32)
        parts[:, blamed], parts[:, blamed + 1] = scores, 0.1
        return Anomalies(
            cells=report.cells, scores=np.array(scores, np.float32), threshold=1.0, metrics=METRICS, residuals=parts
        )

    return predict


def test_what_the_model_says_twice_on_end_is_an_incident_with_the_metrics_to_blame() -> None:
    cells = cell_ids(3)
    loop = TestLoop(
        AnomalyDetection(Limits(known_after=1)), models={ODD: saying([0.5, 3.0, 0.9], blamed=4)}, topology=plan(cells)
    )
    loop.give(load, report(cells, 0))
    once = loop.give(load, report(cells, 1))
    assert once.answer.source is Source.HANDLER
    assert once.answer.decision.reason == "every known cell is as usual"
    twice = loop.give(load, report(cells, 2)).answer.decision
    ((need, told),) = twice.shared
    assert need is INCIDENTS
    assert [(one.cells, one.causes) for one in told.open] == [((cells[1],), METRICS[4:6])]
    assert METRICS[4] in twice.reason
    assert not twice.actions


def test_a_cell_that_is_not_known_yet_is_not_judged_whatever_the_model_says() -> None:
    cells = cell_ids(2)
    loop = TestLoop(AnomalyDetection(Limits(known_after=3)), models={ODD: saying([9.0, 9.0])}, topology=plan(cells))
    told = [loop.give(load, report(cells, second)).answer.decision for second in range(5)]
    assert [len(one.shared[0][1].open) for one in told] == [0, 0, 0, 0, 1]
    assert told[1].reason == "every known cell is as usual; 2 cells are too new to be judged"


def test_a_model_that_calls_most_of_a_network_unusual_is_not_believed() -> None:
    cells = tuple(A + number for number in range(8))
    for odd, told in ((4, 4), (5, 0)):
        scores = [2.0] * odd + [0.1] * (8 - odd)
        settings = Limits(known_after=30, consecutive=1)
        loop = TestLoop(AnomalyDetection(settings), models={ODD: saying(scores)}, topology=plan(cells))
        for second in range(31):
            decision = loop.give(load, report(cells, second)).answer.decision
        assert sum(len(one.cells) for one in decision.shared[0][1].open) == told
        assert ("not believed" in decision.reason) == (told == 0)


def test_without_the_model_a_cell_far_from_its_own_usual_is_told_once_it_is_known() -> None:
    cells = cell_ids(2)
    loop = TestLoop(AnomalyDetection(), topology=plan(cells))
    for second in range(80):
        told = loop.give(load, report(cells, second)).answer
        assert told.source is Source.RULE
        assert told.decision.shared[0][1] == Incidents()
    for second in (80, 81):
        odd = {"DRB.PdcpSduVolumeDL": [50.0, 5e6]}
        told = loop.give(load, report(cells, second, **odd)).answer
    (one,) = told.decision.shared[0][1].open
    assert (one.cells, one.causes[0]) == ((cells[1],), "DRB.PdcpSduVolumeDL")


def test_a_notice_is_json_with_the_cells_as_people_write_them() -> None:
    cells = cell_ids(2)
    app = AnomalyDetection(Limits(action="notice", consecutive=1, known_after=1))
    loop = TestLoop(app, models={ODD: saying([2.0, 0.0])}, topology=plan(cells))
    loop.give(load, report(cells, 6))
    said = json.loads(loop.give(load, report(cells, 7)).answer.decision.reason)
    (one,) = said["open"]
    assert (said["notice"], one["started_ns"], one["score"]) == ("incidents", 7 * S, 2.0)
    assert one["cells"][0].startswith("00101-")


@pytest.mark.parametrize(("volume", "handed"), [(0.0, True), (900.0, False)])
def test_users_of_an_alarmed_cell_that_carries_nothing_go_to_a_sound_one(volume: float, handed: bool) -> None:
    cells = cell_ids(3)
    app = AnomalyDetection(Limits(action="rc", consecutive=1, known_after=1))
    loop = TestLoop(app, models={ODD: saying([2.0, 2.0, 0.1])}, topology=plan(cells))
    located = kpm.UeReport.of([7, 8], [cells[0], cells[2]], {CONNECTED: [1.0, 1.0]})
    loop.set(users, located)
    columns = {str(VOLUME): [volume, 900.0, 900.0], str(CONNECTED): [1.0, 1.0, 1.0]}
    loop.give(load, report(cells, 0))
    decided = loop.give(load, report(cells, 1, **columns))
    assert decided.admitted == ((rc.handover(7, cells[2]),) if handed else ())
