"""A full stadium: a crowd within 120 m that films and calls, small cells under the roof, and macro cells around it."""

from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.network.hexagons import Hexagons, Layer, Variant
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario

BOWL = (0.0, 0.0, 120.0)
ROOF = Layer(3500, 100, 30, power_dbm=38.0, unit="tr38864-cat2-set1", duplex=0.75, streams=2.0, preference_db=3.0)

STADIUM = NetworkScenario(
    name="stadium",
    title="3 macro gNBs and 6 under the roof x 3 sectors, 600 users; the match is on",
    deployment=Hexagons(
        sites=9,
        points=(
            (90.0, 0.0), (45.0, 78.0), (-45.0, 78.0), (-90.0, 0.0), (-45.0, -78.0), (45.0, -78.0),
            (350.0, 200.0), (-350.0, 200.0), (0.0, -400.0),
        ),
        variants=(
            Variant((0, 1, 2, 3, 4, 5), scenario="UMi", height_m=20.0, tilt_deg=25.0, elements=4, layers=(ROOF,)),
        ),
    ),
    groups=(
        Group(300, "video", moves="static", disc=BOWL, hours="always"),
        Group(240, "web", moves="static", disc=BOWL, hours="always"),
        Group(40, "voip", moves="static", disc=BOWL, hours="always"),
        Group(20, "web", moves="streets", speed_kmh=30.0),
    ),
    calendar=Calendar(start_hour=5 * 24 + 16.0),
)  # fmt: skip
