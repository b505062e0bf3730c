"""What the service models name, as hypothesis strategies."""

from __future__ import annotations

from tests.e2sm import some
from tests.makers import shrinking

plmns = shrinking(some.plmns)
cells = shrinking(some.cells)
ues = shrinking(some.ues)
times = shrinking(some.times)
values = shrinking(some.values)
