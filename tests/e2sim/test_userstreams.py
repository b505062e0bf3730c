"""Random numbers by user and index."""

from __future__ import annotations

from typing import Any

import numpy as np

from ricloop_e2sim.arithmetic.userstreams import EVERYONE, UserStreams


class Given(np.random.SeedSequence):
    """A seed whose state is told."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        return np.full(n_words, 1234567, dtype)


def test_a_stream_is_the_published_sequence() -> None:
    words = UserStreams(1, Given()).words(EVERYONE, np.arange(5)[:, np.newaxis])
    assert words[:, 0].tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_draws_are_uniform_and_users_and_indices_have_nothing_in_common() -> None:
    draws = UserStreams(400, np.random.SeedSequence(5)).uniform(EVERYONE, np.arange(1000)[:, np.newaxis])
    assert draws.shape == (1000, 400)
    assert 0 < draws.min() < 1e-4
    assert 1 - 1e-4 < draws.max() < 1
    # 400,000 draws: 5 standard errors of the mean are 0.0023, of a tenth's count about 950.
    assert abs(draws.mean() - 0.5) < 0.0023
    assert np.abs(np.histogram(draws, 10, (0, 1))[0] - 40_000).max() < 950
    for one, other in ((draws[1:], draws[:-1]), (draws[:, 1:], draws[:, :-1])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.008


def test_a_draw_depends_on_user_and_index_alone() -> None:
    streams = UserStreams(10, np.random.SeedSequence(5))
    everyone = streams.uniform(EVERYONE, np.full(10, 7))
    some = streams.uniform(np.array([8, 2]), np.array([7, 7]))
    assert some.tolist() == [everyone[8], everyone[2]]
    assert UserStreams(10, np.random.SeedSequence(6)).uniform(EVERYONE, np.full(10, 7)).tolist() != everyone.tolist()
