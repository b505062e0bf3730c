"""The figures that compare detectors."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop_models.detection import area_under_precision_recall, area_under_roc

FAULTY = np.array([True, False, True, False, False])


def test_the_best_order_scores_one_and_the_worst_next_to_nothing() -> None:
    best = FAULTY.astype(float)
    assert area_under_precision_recall(best, FAULTY) == area_under_roc(best, FAULTY) == 1
    assert area_under_roc(-best, FAULTY) == 0


def test_a_score_that_says_nothing_is_worth_the_base_rate() -> None:
    same = np.zeros(5)
    assert area_under_precision_recall(same, FAULTY) == pytest.approx(0.4)
    assert area_under_roc(same, FAULTY) == pytest.approx(0.5)


def test_an_order_worked_out_by_hand() -> None:
    scores = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert area_under_precision_recall(scores, FAULTY) == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert area_under_roc(scores, FAULTY) == pytest.approx(5 / 6, abs=1e-4)
