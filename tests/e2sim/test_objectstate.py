"""State of objects: nothing unknown is passed over, and what is put back is alike down to strides and sharing."""

from __future__ import annotations

import copy
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop_e2sim.checkpoint.objectfill import fill
from ricloop_e2sim.checkpoint.objectstate import State, take
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.mobility.movement import Rectangle
from ricloop_e2sim.network.totals import NetworkTotals
from ricloop_e2sim.rrc.robustness import Robustness


class Holder(NetworkTotals):
    """Of any attributes."""

    def __init__(self, **held: Any) -> None:
        super().__init__(1, 1)
        vars(self).update(held)


Holder.__module__ = NetworkTotals.__module__


def again(holder: Holder, fresh: Holder | None = None) -> Any:
    """By way of copies of the memory, as by a file."""
    state = take(holder)
    fresh = Holder() if fresh is None else fresh
    fill(fresh, State(copy.deepcopy(state.nodes), [block.copy() for block in state.blocks]))
    return fresh


class Odd(list[int]):
    """A list that might hide something beside."""


@pytest.mark.parametrize(
    "unknown",
    [
        threading.Lock(),
        deque([1]),
        {1, 2},
        b"octets",
        1j,
        Odd([1]),
        np.array([object()]),
        np.array(["text"]),
        np.zeros(2, dtype=[("a", "f8")]),
        np.random.RandomState(1),
        np.random.PCG64(1),
        np.ma.masked_array([1.0], [True]),
        len,
        (lambda box: lambda: box)([1]),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_unknown_is_refused_with_its_place(unknown: Any) -> None:
    with pytest.raises(TypeError, match=r"Holder\.deep\[1\]\['x'\] holds a "):
        take(Holder(deep=[0, {"x": unknown}]))


LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "whole": lambda a: a,
    "transposed": lambda a: a.T,
    "fortran": np.asfortranarray,
    "permuted": lambda a: a.transpose(1, 2, 0).copy(order="K"),
    "reversed": lambda a: a[::-1],
    "strided": lambda a: a[:, ::2],
    "broadcast": lambda a: np.broadcast_to(a[0, 0, 0], (3, 2)),
    "one": lambda a: a[1, 1, 1:2].reshape(()),
    "empty": lambda a: a[:0, ::-1],
    "other view": lambda a: a.view(np.uint8),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", ["f8", "i8", "u8", "?"])
def test_arrays_come_back_with_values_types_and_strides(layout: str, kind: str) -> None:
    array = LAYOUTS[layout](np.arange(60).reshape(3, 4, 5).astype(kind))
    back = again(Holder(array=array)).array
    assert (back.dtype, back.shape, back.strides) == (array.dtype, array.shape, array.strides)
    assert back.flags.writeable == array.flags.writeable
    np.testing.assert_array_equal(back, array)


def test_views_of_one_memory_are_so_again() -> None:
    base = np.arange(12.0).reshape(3, 4)
    back = again(Holder(base=base, row=base[1], columns=[base[:, 2:], base[:, 2:]], apart=base.copy()))
    back.row[3] = 100.0
    assert back.base[1, 3] == back.columns[0][1, 1] == back.columns[1][1, 1] == 100.0
    assert back.apart[1, 3] == 7.0
    assert base[1, 3] == 7.0


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(CellState),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.integers() | st.text() | st.tuples(st.integers()), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_data_come_back_as_they_were(value: Any) -> None:
    back = again(Holder(value=value)).value
    assert (back, type(back)) == (value, type(value))
    assert repr(back) == repr(value)


def test_numbers_slices_and_values_keep_their_types() -> None:
    held = (np.float32(0.1), np.int64(-3), np.bool_(True), slice(2, None), Rectangle(0.0, 1.0, 2.0, 3.0), np.inf)
    back = again(Holder(held=held)).held
    assert back == held
    assert [type(one) for one in back] == [type(one) for one in held]


@given(st.integers(0, 2**63), st.integers(0, 9))
def test_a_generator_goes_on_where_it_was(seed: int, draws: int) -> None:
    generator, fresh = (np.random.Generator(np.random.PCG64(one)) for one in (seed, seed + 1))
    generator.random(draws)
    generator.integers(0, 9, draws, dtype=np.int32)  # leaves half a word behind
    back = again(Holder(generator=generator), Holder(generator=fresh)).generator
    assert back is fresh
    assert back.integers(0, 9, 5, dtype=np.int32).tolist() == generator.integers(0, 9, 5, dtype=np.int32).tolist()
    assert back.random() == generator.random()


def test_what_holds_itself_and_what_is_held_twice_come_back_so() -> None:
    loop: list[Any] = [1]
    table = {"loop": loop}
    loop.append(table)
    holder = Holder(table=table, loop=loop)
    holder.itself = holder  # type: ignore[attr-defined]
    back = again(holder)
    assert back.itself is back
    assert back.table["loop"] is back.loop
    assert back.loop[1] is back.table


def test_places_stay_those_of_the_new_graph_and_are_filled() -> None:
    old, new = Robustness(3), Robustness(3)
    first = next(name for name, value in vars(old).items() if isinstance(value, np.ndarray))
    getattr(old, first)[:] = 1
    back = again(Holder(parts=[old]), Holder(parts=[new]))
    assert back.parts[0] is new
    np.testing.assert_array_equal(getattr(new, first), getattr(old, first))


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def captures(number: float) -> Callable[[], float]:
    return lambda: number


@pytest.mark.parametrize(
    ("held", "there"),
    [
        (Robustness(1), None),
        (Robustness(1), Holder()),
        (np.random.default_rng(1), None),
        (captures(1.0), captures(2.0)),
        (captures(1.0), None),
        (np.random.default_rng(1), np.random.Generator(np.random.MT19937(1))),
        (Holder(), Holder(more=1)),
    ],
)
def test_a_graph_that_is_built_otherwise_is_refused(held: Any, there: Any) -> None:
    with pytest.raises(ConfigError, match="none of its own"):
        again(Holder(held=held), Holder(held=there))


@pytest.mark.parametrize(
    ("make", "said"), [(Robustness, "second .*:Robustness was"), (_generator, "second generator was")]
)
def test_two_places_are_not_put_into_one(make: Callable[[int], Any], said: str) -> None:
    one = make(1)
    with pytest.raises(ConfigError, match=said):
        again(Holder(first=make(1), other=make(1)), Holder(first=one, other=one))


@pytest.mark.parametrize("name", ["os:system", "ricloop_e2sim.network.run:NetworkRun", "ricloop_e2sim.nothing:X"])
def test_a_file_names_only_values_of_ours(name: str) -> None:
    state = take(Holder(area=Rectangle(0.0, 0.0, 1.0, 1.0)))
    for node in state.nodes:
        if "value" in node:
            node["value"] = name
    with pytest.raises(ConfigError, match="no such value"):
        fill(Holder(), state)
