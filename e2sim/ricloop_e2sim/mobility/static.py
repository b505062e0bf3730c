"""Users that stay where they are."""

from __future__ import annotations

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.mobility.movement import checked_places


class Static:
    """At the places given."""

    def __init__(self, places: Floats) -> None:
        """`places`: [users, 2]."""
        self._xy = checked_places(places)
        self.users = len(self._xy)

    def move(self, time_us: int, tick_us: int) -> Floats:
        """See `Mobility`."""
        return self._xy.copy()
