"""The default: three gNBs, one of them split, and a whole day in twenty seconds."""

from ricloop_e2sim.gnb.traffic import Demand
from ricloop_e2sim.scenarios.base import Scenario

THREE_SITES = Scenario(
    name="three-sites",
    title="3 gNBs (one split into CU and DU) x 2 sectors x 700 and 2100 MHz; a day in 20 s",
    sites=3,
    sectors=2,
    split=(2,),
    users_per_sector=10,
    # At night the coverage layer carries everything; in the evening it alone would lose a third of the traffic.
    demand=Demand(peak_coverage_load=1.6, day_s=20.0, start_hour=22.0),
    seconds=20.0,
)
