"""Three cells fall asleep, one after another: nobody comes to them any more, and none of them raises an alarm."""

from dataclasses import replace

from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY

SLEEPING_CELL = replace(
    DENSE_URBAN_DAY,
    name="sleeping-cell",
    title="the city, where three cells carry nothing for half a minute each",
    impairments=(
        Impairment("sleeping-cell", "gnb2/s1/2100", 20.0, 50.0, amount=40.0),
        Impairment("sleeping-cell", "gnb1/s3/2100", 60.0, 90.0, amount=40.0),
        Impairment("sleeping-cell", "gnb4/s2/2100", 80.0, 110.0, amount=60.0),
    ),
    seconds=120.0,
)
