"""Behind three gNBs the transport is too thin for a while: users wait although the radio has room."""

from dataclasses import replace

from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY

BACKHAUL_CONGESTION = replace(
    DENSE_URBAN_DAY,
    name="backhaul-congestion",
    title="the city, with too thin a transport behind three gNBs",
    impairments=(
        Impairment("backhaul-congestion", "gnb1", 20.0, 50.0, amount=5.0),
        Impairment("backhaul-congestion", "gnb3", 45.0, 75.0, amount=3.0),
        Impairment("backhaul-congestion", "gnb5", 80.0, 110.0, amount=2.0),
    ),
    seconds=120.0,
)
