"""The array arithmetic of users and their candidate cells: numpy's, or the same by name on another device.

What is of size users × candidates, and all that is done with it, is written once, in operations that both numpy's
arrays and torch's tensors have: operators, indexing, `any`, `sum`, `cumsum`, `reshape`, `swapaxes`, and the functions
of `Arrays` for what they spell differently. Whatever is of size users or cells stays numpy's, on the host.
"""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints

HOST = "numpy"
BLOCK = 32_768
"""Candidates computed together on a processor: few enough that the arrays on the way stay in its cache."""


class Arrays(Protocol):
    """Operations by numpy's names. float64 and int64 throughout; types are numpy's, whatever the arrays are."""

    device: str
    block: int
    """Candidates to compute together."""

    def put(self, host: NDArray[Any]) -> Any:
        """To the device: the array itself where that is the host."""

    def get(self, array: Any) -> NDArray[Any]:
        """To the host: the array itself where it is there."""

    def empty(self, shape: tuple[int, ...]) -> Floats: ...
    def zeros(self, shape: tuple[int, ...]) -> Floats: ...
    def full(self, shape: tuple[int, ...], value: float) -> Floats: ...
    def falses(self, shape: tuple[int, ...]) -> Bools: ...
    def integers(self, shape: tuple[int, ...], value: int) -> Ints:
        """All alike."""

    def arange(self, count: int) -> Ints: ...
    def floats(self, words: Ints) -> Floats:
        """As float64."""

    def shift(self, words: Ints, bits: int) -> Ints:
        """To the right, as words without a sign."""

    def take(self, table: Floats, index: Ints) -> Floats:
        """Of a table of one dimension; −1 is its last."""

    def rows(self, table: Any, index: Ints) -> Any:
        """`table[index]`, of a table of two dimensions."""

    def along(self, table: Floats, index: Ints) -> Floats:
        """`take_along_axis` of the last one."""

    def where(self, condition: Bools, a: Floats | float, b: Floats | float) -> Floats: ...
    def minimum(self, a: Floats, b: Floats | float) -> Floats: ...
    def maximum(self, a: Floats, b: Floats | float) -> Floats: ...
    def add(self, a: Floats, b: Floats, out: Floats) -> Floats:
        """Into `out`, to whose shape both broadcast."""

    def exp(self, a: Floats) -> Floats: ...
    def log(self, a: Floats) -> Floats: ...
    def log10(self, a: Floats) -> Floats: ...
    def sqrt(self, a: Floats) -> Floats: ...
    def cos(self, a: Floats) -> Floats: ...
    def sin(self, a: Floats) -> Floats: ...
    def arctan2(self, a: Floats, b: Floats) -> Floats: ...
    def degrees(self, a: Floats) -> Floats: ...
    def isfinite(self, a: Floats) -> Bools: ...
    def sums(self, a: Floats) -> Floats:
        """[n] of rows [n, m]."""

    def bincount(self, index: Ints, weights: Floats, size: int) -> Floats:
        """[size]: the sum of the weights [n] of each index [n]; on a GPU in no fixed order."""

    def some(self, a: Bools) -> bool:
        """Whether any is true; of numpy's own, `any` takes five times as long in small worlds."""

    def argmax(self, a: Floats | Bools) -> Ints:
        """[...] along the last axis, the first of equals."""

    def flip(self, a: Floats) -> Floats:
        """[n, m], the columns from the last to the first."""

    def places(self, a: Bools) -> tuple[Ints, Ints]:
        """Rows and columns that are true, on the host, row by row."""
