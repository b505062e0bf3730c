"""An office after hours: users leave, and cells become empty without anybody's doing."""

from ricloop_e2sim.gnb.traffic import Demand
from ricloop_e2sim.scenarios.base import Scenario

OFFICE = Scenario(
    name="office",
    title="1 gNB x 3 sectors x 700 and 2100 MHz, 12 users who come and go; a day in 20 s",
    sectors=3,
    users_per_sector=4,
    demand=Demand(peak_coverage_load=0.9, day_s=20.0, start_hour=20.0, session_s=1.0, releases=True),
)
