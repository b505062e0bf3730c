"""Replay in demand mode: a trace drives the offered load; radio use, power and handover are simulated, controls act.

* A tick is an interval of the trace. A control given on the reports of one interval takes effect at the start of the
  next; so do handovers, which come before sleeping within one interval, and hold for one.
* The load of a cell and interval is shared equally by its users: the trace's mean population, rounded, at least one.
  A user whose home sleeps is served by the covering cell of its sector, at *that* cell's spectral efficiency.
* What does not fit into an interval is lost; a user left in a cell that falls asleep loses its interval.
* Waking: the cell is back `wake_s` into the interval, at idle power until then, and its users are back with it.
* The uncontrolled twin and the clairvoyant optimum live under the same rules.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from ricloop.core.ids import Cgi, GnbId, Plmn
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.e2node.site import Split
from ricloop_e2sim.e2node.topology import topology
from ricloop_e2sim.energy.power import AI_RSG_SLEEP_W, Power, ai_rsg
from ricloop_e2sim.gnb import radio
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.part import Part
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.simulation import Simulation
from ricloop_e2sim.replay.fit import PowerFit, fit_power
from ricloop_e2sim.replay.trace import Trace, TraceError

PLMN = Plmn("001", "01")
GNB_BITS = 22
WAKE_S = 10.0
"""TR 38.864's transition time of a category 2 station in deep sleep; operators add 1 to 60 s."""


class DemandReplay(Simulation):
    """A trace as a simulation: same nodes, `advance` (one interval), `release`, `handle` and `result`."""

    trace: Trace
    fit: PowerFit | None

    @classmethod
    def of_trace(
        cls,
        trace: Trace,
        seed: int = 0,
        *,
        sleep: str = "deep",
        wake_s: float = WAKE_S,
        use_cap: float | None = 0.9,
        intervals: int | None = None,
    ) -> DemandReplay:
        """`sleep`: a key of `AI_RSG_SLEEP_W`. `intervals`: replay only so many. `seed` picks the cells of the fit."""
        if sleep not in AI_RSG_SLEEP_W:
            raise TraceError(f"no sleep state is called {sleep!r}; known: {', '.join(AI_RSG_SLEEP_W)}")
        fit = None if trace.power_w is None else fit_power(trace.use, trace.power_w, seed)
        tick_us = round(trace.interval_s * 1e6)
        rules = Rules(0, 0, reestablish_us=tick_us, buffer_bits=0.0, stay_us=tick_us, return_at_once=True)
        power = _power(fit, sleep).waking_in(wake_s)
        parts = []
        for number, site in enumerate(dict.fromkeys(trace.site)):
            cells = np.array([c for c, s in enumerate(trace.site) if s == site])
            layout = _layout(trace, cells, number, site)
            parts.append(Part(layout, power, rules, TraceTraffic(trace, cells, layout), tick_us))
        replay = cls(
            parts,
            title=f"replay of {trace.name}",
            tick_us=tick_us,
            ticks=min(len(trace.time_s), intervals or len(trace.time_s)),
            use_cap=use_cap,
            epoch_ns=round(trace.time_s[0] * 1e9),
            stretch=True,
        )
        replay.trace, replay.fit = trace, fit
        return replay

    def topology(self) -> dict[str, Any]:
        """Cells and coverage relations as the topology file's JSON."""
        every = [part.layout for part in self.parts]
        first = np.cumsum([0, *(one.cell_count for one in every)])
        return topology(
            [one.name for one in every for _ in one.cells],
            np.concatenate([one.cells for one in every]),
            np.concatenate([one.sector for one in every]),
            np.concatenate([one.frequency_mhz for one in every]),
            np.concatenate([one.umbrella + begin for one, begin in zip(every, first[:-1], strict=True)]),
        )

    def result(self) -> dict[str, Any]:
        """As of every simulation, with the trace, the power fit and what the reader supposed."""
        trace = self.trace
        return super().result() | {
            "trace": trace.name,
            "intervals": self.done_ticks,
            "interval_s": trace.interval_s,
            "gaps": trace.gaps,
            "censored_cell_intervals": trace.censored,
            "power_fit": None if self.fit is None else asdict(self.fit),
        }

    def assumptions(self) -> list[str]:
        full = 100 * self.trace.censored / self.trace.bits.size
        gaps = f"{self.trace.gaps} of {self.trace.bits.size} cell intervals are not in the trace: no load then"
        return [
            *self.trace.assumptions,
            *([gaps] if self.trace.gaps else []),
            *super().assumptions(),
            "the load of a cell is shared equally by its users; RSRP is what its spectral efficiency needs over noise",
            f"offered load is what was served: a lower bound in the {full:.1f} % of cell intervals that were full",
        ]


def _power(fit: PowerFit | None, sleep: str) -> Power:
    if fit is None:
        return ai_rsg(sleep)
    return Power(f"fitted-{sleep}", fit.idle_w, fit.slope_w, AI_RSG_SLEEP_W[sleep])


def _layout(trace: Trace, cells: Ints, number: int, site: str) -> Layout:
    """One site as a monolithic gNB. Foreign cell ids need not be unique, so cells get ids of their own."""
    gnb = GnbId(PLMN, number + 1, GNB_BITS)
    sectors = list(dict.fromkeys(trace.sector[c] for c in cells))
    sector = np.array([sectors.index(trace.sector[c]) for c in cells], dtype=np.int64)
    place = {int(cell): index for index, cell in enumerate(cells)}
    home = np.repeat(np.arange(len(cells)), np.max(trace.users[:, cells], axis=0))
    same = sector[home][:, None] == sector[None, :]
    typical = np.median(trace.rate[:, cells], axis=0)
    sinr = radio.sinr_for(typical / radio.rate_per_prb(1.0))
    noise = radio.noise_dbm(15e3, 9.0)
    return Layout(
        name=site,
        gnb=gnb,
        split=Split.NONE,
        cells=np.array(
            [Cgi(PLMN, (number + 1) << (36 - GNB_BITS) | (i + 1)).packed for i in range(len(cells))], np.uint64
        ),
        titles=tuple(trace.cells[c] for c in cells),
        sector=sector,
        frequency_mhz=trace.frequency_mhz[cells],
        prbs=trace.prbs[cells],
        umbrella=np.array([place[int(trace.umbrella[c])] for c in cells], dtype=np.int64),
        home=home,
        rate=np.where(same, typical, 0.0),
        rsrp_dbm=np.where(same, sinr + noise, -156.0),
        sinr_db=np.where(same, sinr, -30.0),
    )


class TraceTraffic:
    """One site's load, interval by interval."""

    def __init__(self, trace: Trace, cells: Ints, layout: Layout) -> None:
        self._bits, self._users, self._rate = trace.bits[:, cells], trace.users[:, cells], trace.rate[:, cells]
        self._home = layout.home
        first = np.searchsorted(layout.home, layout.home)
        self._slot: Ints = np.arange(layout.user_count) - first
        self._reached: Bools = layout.rate > 0

    def next(self, time_us: int, tick_us: int) -> Load:
        row = time_us // tick_us
        users = self._users[row]
        present = self._slot < users[self._home]
        each = self._bits[row] / np.maximum(users, 1)
        rate: Floats = np.where(self._reached, self._rate[row], 0.0)
        return Load(present, np.where(present, each[self._home], 0.0), rate)
