"""Twelve kilometres of highway: seven sites along it, and cars at 110 km/h that change cells all the way."""

from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario

APART_M = 1732.0
ROAD = ((-0.5 * APART_M, 0.0), (6.5 * APART_M, 0.0))

HIGHWAY = NetworkScenario(
    name="highway",
    title="7 gNBs x 2 sectors at 700 MHz along a road, 120 users at 85 and 110 km/h",
    deployment=Hexagons(
        sectors=2,
        distance_m=APART_M,
        height_m=35.0,
        scenario="RMa",
        tilt_deg=3.0,
        layers=(Layer(700, 20),),
        points=tuple((number * APART_M, 40.0) for number in range(7)),
    ),
    groups=(
        Group(70, "web", moves="route", line=ROAD, speed_kmh=110.0, hours="always"),
        Group(20, "voip", moves="route", line=ROAD, speed_kmh=110.0, hours="always"),
        Group(30, "web", moves="route", line=ROAD, speed_kmh=85.0, hours="always"),
    ),
    seconds=120.0,
)
