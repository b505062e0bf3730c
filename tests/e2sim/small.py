"""A gNB small enough to count by hand: one sector, a coverage cell (50 PRBs) and a capacity cell (100 PRBs)."""

from __future__ import annotations

import numpy as np

from ricloop.core.ids import Cgi, GnbId, Plmn
from ricloop_e2sim.e2node.site import Split
from ricloop_e2sim.energy.power import Power
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.world import World

PLMN = Plmn("001", "01")
COVERAGE, CAPACITY = 0, 1
TICK_US = 100_000
RATE = 100e3
"""bit/s per PRB, of everyone everywhere."""
POWER = Power("hand", idle_w=100.0, slope_w=300.0, sleep_w=2.0, up_us=300_000, transition_j=7.0)
RULES = Rules(buffer_bits=0.0)


def layout(
    homes: tuple[int, ...] = (COVERAGE, CAPACITY, CAPACITY), *, sectors: int = 1, split: Split = Split.NONE
) -> Layout:
    """`homes` of the users; each further sector has no users and the same two cells."""
    cells = 2 * sectors
    return Layout(
        name="gnb1",
        gnb=GnbId(PLMN, 1),
        split=split,
        cells=np.array([Cgi(PLMN, 1 << 14 | (n + 1)).packed for n in range(cells)], dtype=np.uint64),
        titles=tuple(f"gnb1/s{n // 2 + 1}/{2100 if n % 2 else 700}" for n in range(cells)),
        sector=np.arange(cells) // 2,
        frequency_mhz=np.array([700.0, 2100.0] * sectors),
        prbs=np.array([50.0, 100.0] * sectors),
        umbrella=np.repeat(np.arange(sectors) * 2, 2),
        home=np.array(homes, dtype=np.int64),
        rate=np.full((len(homes), cells), RATE),
        rsrp_dbm=np.full((len(homes), cells), -90.0),
        sinr_db=np.full((len(homes), cells), 10.0),
    )


def world(
    power: Power = POWER, rules: Rules = RULES, homes: tuple[int, ...] = (0, 1, 1), tick_us: int = TICK_US
) -> World:
    return World(layout(homes), power, rules, tick_us)


def load(*prbs: float, tick_us: int = TICK_US) -> Load:
    """Every user is there and asks for so many PRBs over a tick."""
    return Load(np.ones(len(prbs), dtype=np.bool_), np.array(prbs) * RATE * tick_us / 1e6)
