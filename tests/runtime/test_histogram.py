"""Histograms: quantiles right to three percent, and sums of histograms."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from ricloop.runtime.books.histogram import Histogram


def filled(values: list[int]) -> Histogram:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    return histogram


@pytest.mark.parametrize("seed", range(10))
def test_quantiles_are_right_to_three_percent(seed: int) -> None:
    rng = Random(seed)
    values = [int(rng.lognormvariate(rng.uniform(1, 18), 2)) for _ in range(rng.choice([1, 10, 5000]))]
    shares = (0.0, 0.5, 0.99, 0.999, 1.0)
    exact = np.quantile(values, shares, method="inverted_cdf")
    for found, right in zip(filled(values).quantiles(shares), exact, strict=True):
        assert found is not None
        assert right <= found <= right * 33 / 32 + 1


def test_what_is_added_up_is_as_if_it_had_been_one() -> None:
    rng = Random(1)
    parts = [[rng.randrange(10**9) for _ in range(500)] for _ in range(3)]
    merged, whole = Histogram(), filled([value for part in parts for value in part])
    for part in parts:
        merged.merge(filled(part))
    assert (merged.counts, merged.total, merged.largest) == (whole.counts, whole.total, whole.largest)


def test_counts_up_to_an_edge_never_count_what_is_above_it() -> None:
    values = [100, 1000, 10_000, 100_000]
    found = filled(values).upto((50, 110, 5000, 10**6))
    assert found == [0, 1, 2, 4]


def test_nothing_and_the_largest_have_their_place() -> None:
    assert Histogram().quantiles((0.5,)) == [None]
    huge = filled([-5, 2**60])
    assert len(huge) == 2
    assert huge.largest == 2**60
