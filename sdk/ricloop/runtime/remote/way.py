"""How long the way to an xApp apart and back takes, from what its answers show."""

from __future__ import annotations

_GAIN, _DEVIATION_GAIN, _DEVIATIONS = 8, 4, 4
"""As TCP counts how long an acknowledgement may take (RFC 6298, 2): smoothed mean and mean deviation."""


class Way:
    """What to leave of a deadline for it."""

    def __init__(self) -> None:
        self._mean: int | None = None
        self._deviation = 0

    def took(self, ns: int) -> None:
        """One question and its answer were on the way for so long, both together."""
        if self._mean is None:
            self._mean, self._deviation = ns, ns // 2
        else:
            self._deviation += (abs(ns - self._mean) - self._deviation) // _DEVIATION_GAIN
            self._mean += (ns - self._mean) // _GAIN

    @property
    def ns(self) -> int:
        """To be expected at the most; 0 before the first answer."""
        return 0 if self._mean is None else self._mean + _DEVIATIONS * self._deviation
