"""A small town that goes to bed: seven sites, and a night long enough to save something."""

from ricloop_e2sim.gnb.traffic import Demand
from ricloop_e2sim.scenarios.base import Scenario

NIGHT_SLEEP = Scenario(
    name="night-sleep",
    title="7 gNBs x 3 sectors x 700 and 2100 MHz, 210 users; a day in 60 s",
    sites=7,
    sectors=3,
    split=(5, 6),
    users_per_sector=10,
    demand=Demand(peak_coverage_load=1.5, day_s=60.0, start_hour=21.0, session_s=4.0),
    seconds=60.0,
)
