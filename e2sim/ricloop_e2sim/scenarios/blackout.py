"""The power fails at one gNB, then at two beside each other; the others carry what they can reach."""

from dataclasses import replace

from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY

BLACKOUT = replace(
    DENSE_URBAN_DAY,
    name="blackout",
    title="the city, where gNBs lose their power",
    impairments=(
        Impairment("blackout", "gnb2", 20.0, 45.0),
        Impairment("blackout", "gnb4", 65.0, 95.0),
        Impairment("blackout", "gnb5", 75.0, 110.0),
    ),
    seconds=120.0,
)
