"""Path loss in and out of sight (TR 38.901 table 7.4.1-1).

Every form takes the 2-D distance in m, the heights of antenna and user in m and the frequency in GHz, as arrays that
broadcast, and gives the losses in sight and out of sight in dB, both of the broadcast shape. They hold from 10 m
(InH: 1 m) to 5 km (RMa in sight: 10 km, InH: 150 m).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.arithmetic.hostarrays import NUMPY

LIGHT = 3e8
"""m/s, as note 1 of the table has it."""
ENVIRONMENT_HEIGHT = 1.0
"""h_E, m. Fixed also for UMa users at 13 m and above, for whom note 1 would draw it: it only moves the break point."""
BUILDING_HEIGHT = 5.0
STREET_WIDTH = 20.0

Form: TypeAlias = Callable[[Floats, Floats, Floats, Floats, Arrays], tuple[Floats, Floats]]


def breakpoint_m(h_bs: Floats, h_ut: Floats, f_ghz: Floats) -> Floats:
    """d'BP of UMa and UMi, m (note 1)."""
    return 4e9 / LIGHT * (h_bs - ENVIRONMENT_HEIGHT) * (h_ut - ENVIRONMENT_HEIGHT) * f_ghz


def rural_breakpoint_m(h_bs: Floats, h_ut: Floats, f_ghz: Floats) -> Floats:
    """d_BP of RMa, m (note 5)."""
    return 2e9 * math.pi / LIGHT * h_bs * h_ut * f_ghz


def _logs(d2d: Floats, h_bs: Floats, h_ut: Floats, f_ghz: Floats, xp: Arrays) -> tuple[Floats, Floats]:
    """log10 of the 3-D distance, and by how much it exceeds that of the break point: 0 before it."""
    rise = (h_bs - h_ut) ** 2
    distance = 0.5 * xp.log10(d2d**2 + rise)
    turn = 0.5 * xp.log10(breakpoint_m(h_bs, h_ut, f_ghz) ** 2 + rise)
    return distance, xp.maximum(distance - turn, 0.0)


def uma(d2d: Floats, h_bs: Floats, h_ut: Floats, f_ghz: Floats, xp: Arrays = NUMPY) -> tuple[Floats, Floats]:
    """Urban macro. Beyond the break point 18 dB more a decade: what the far form is, less the near one."""
    distance, beyond = _logs(d2d, h_bs, h_ut, f_ghz, xp)
    tone = 20 * xp.log10(f_ghz)
    los = (28.0 + tone) + 22 * distance + 18 * beyond
    return los, xp.maximum(los, 13.54 + tone - 0.6 * (h_ut - 1.5) + 39.08 * distance)


def umi(d2d: Floats, h_bs: Floats, h_ut: Floats, f_ghz: Floats, xp: Arrays = NUMPY) -> tuple[Floats, Floats]:
    """Urban micro, street canyon."""
    distance, beyond = _logs(d2d, h_bs, h_ut, f_ghz, xp)
    tone = xp.log10(f_ghz)
    los = (32.4 + 20 * tone) + 21 * distance + 19 * beyond
    return los, xp.maximum(los, 22.4 + 21.3 * tone - 0.3 * (h_ut - 1.5) + 35.3 * distance)


def rma(d2d: Floats, h_bs: Floats, h_ut: Floats, f_ghz: Floats, xp: Arrays = NUMPY) -> tuple[Floats, Floats]:
    """Rural macro, with buildings of 5 m and streets of 20 m."""
    d3d = xp.sqrt(d2d**2 + (h_bs - h_ut) ** 2)
    turn = rural_breakpoint_m(h_bs, h_ut, f_ghz)
    near = xp.where(d2d <= turn, d3d, turn)
    distance, reach = xp.log10(d3d), xp.log10(near)
    clutter = BUILDING_HEIGHT**1.72
    los = 20 * xp.log10(40 * math.pi / 3 * f_ghz) - min(0.044 * clutter, 14.77) + (20 + min(0.03 * clutter, 10)) * reach
    los = los + 0.002 * math.log10(BUILDING_HEIGHT) * near + 40 * (distance - reach)
    height = xp.log10(h_bs)
    street = 161.04 - 7.1 * math.log10(STREET_WIDTH) + 7.5 * math.log10(BUILDING_HEIGHT)
    roofs = street - (24.37 - 3.7 * (BUILDING_HEIGHT / h_bs) ** 2) * height + 20 * xp.log10(f_ghz)
    roofs = roofs - (3.2 * xp.log10(11.75 * h_ut) ** 2 - 4.97)
    return los, xp.maximum(los, roofs + (43.42 - 3.1 * height) * (distance - 3))


def inh(d2d: Floats, h_bs: Floats, h_ut: Floats, f_ghz: Floats, xp: Arrays = NUMPY) -> tuple[Floats, Floats]:
    """Indoor office."""
    distance = 0.5 * xp.log10(d2d**2 + (h_bs - h_ut) ** 2)
    tone = xp.log10(f_ghz)
    los = (32.4 + 20 * tone) + 17.3 * distance
    return los, xp.maximum(los, 17.3 + 24.9 * tone + 38.3 * distance)


FORMS: dict[str, Form] = {"UMa": uma, "UMi": umi, "RMa": rma, "InH": inh}
"""Scenario → losses."""

LEAST_M = {"UMa": 10.0, "UMi": 10.0, "RMa": 10.0, "InH": 1.0}
"""Scenario → 2-D distance, m, below which its form says nothing."""
