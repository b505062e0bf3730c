"""The channel's normals: their law, and what they do and do not depend on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.channel.draws import COMMON, WALL, normals, site_keys, user_keys


def table(users: int, sites: int, counts: int) -> Floats:
    """[2, users, sites, counts]."""
    keys = site_keys(user_keys(np.random.SeedSequence(1), users)[:, np.newaxis], np.arange(sites))
    return np.stack(normals(keys[:, :, np.newaxis], np.arange(counts)))


def test_they_are_standard_normal() -> None:
    values = np.sort(table(100, 100, 50).ravel())
    count = len(values)
    assert count == 1_000_000
    # Kolmogorov and Smirnov: 1.95/√n is exceeded once in a thousand.
    below = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in values[::1000]])
    assert np.abs(below - np.arange(count)[::1000] / count).max() < 1.95 / math.sqrt(count)
    assert values[-1] > 4
    assert (values**4).mean() == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_neighbours_know_nothing_of_each_other(axis: int) -> None:
    values = table(60, 60, 60)
    first = np.take(values, range(values.shape[axis] - 1), axis=axis).ravel()
    second = np.take(values, range(1, values.shape[axis]), axis=axis).ravel()
    # Standard error of a correlation: 1/√n, 0.0022 at most; of squares the same.
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=0.01)
    assert np.corrcoef(first**2, second**2)[0, 1] == pytest.approx(0, abs=0.01)


def test_no_two_sequences_begin_alike_whether_of_a_site_a_wall_or_the_common_part() -> None:
    keys = site_keys(user_keys(np.random.SeedSequence(1), 500)[:, np.newaxis], np.arange(min(COMMON, WALL), 200))
    assert len(np.unique(keys)) == keys.size


def test_the_seed_alone_says_which_and_is_not_used_up() -> None:
    seed = np.random.SeedSequence(7)
    first = user_keys(seed, 4)
    np.testing.assert_array_equal(user_keys(seed, 9)[:4], first)
    assert seed.n_children_spawned == 0
    assert not np.isin(user_keys(np.random.SeedSequence(8), 4), first).any()
    assert not np.isin(user_keys(np.random.SeedSequence(7).spawn(1)[0], 4), first).any()
