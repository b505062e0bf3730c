"""The smallest: one gNB, one sector, a coverage and a capacity cell."""

from ricloop_e2sim.gnb.traffic import Demand
from ricloop_e2sim.scenarios.base import Scenario

SINGLE = Scenario(
    name="single",
    title="1 gNB, 1 sector, 700 and 2100 MHz; a day in 20 s",
    demand=Demand(peak_coverage_load=1.6, day_s=20.0, start_hour=22.0),
)
