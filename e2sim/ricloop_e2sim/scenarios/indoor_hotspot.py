"""An office of 120 m by 50 m with four cells at its ceiling, in a street with two small cells outside."""

from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.network.hexagons import Hexagons, Layer, Variant
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario

CARRIER = Layer(3500, 100, 30, power_dbm=40.0, unit="earth-micro", duplex=0.75, streams=2.0)
CEILING = Layer(3500, 100, 30, power_dbm=24.0, unit="earth-pico", duplex=0.75, streams=2.0)

INDOOR_HOTSPOT = NetworkScenario(
    name="indoor-hotspot",
    title="4 gNBs of one cell indoors and 2 x 3 sectors in the street at 3500 MHz, 120 users",
    deployment=Hexagons(
        sites=6,
        scenario="UMi",
        height_m=10.0,
        distance_m=100.0,
        layers=(CARRIER,),
        points=((-45.0, 0.0), (-15.0, 0.0), (15.0, 0.0), (45.0, 0.0), (-110.0, 60.0), (110.0, -60.0)),
        variants=(
            Variant(
                (0, 1, 2, 3), scenario="InH", sectors=1, height_m=3.0, tilt_deg=90.0, elements=0, layers=(CEILING,)
            ),
        ),
    ),
    groups=(
        Group(50, "video", moves="static", indoor=1.0, disc=(-30.0, 0.0, 30.0), hours="office"),
        Group(50, "cg-30", moves="static", indoor=1.0, disc=(30.0, 0.0, 30.0), hours="office", scale=0.5),
        Group(20, "web", moves="waypoint"),
    ),
    calendar=Calendar(start_hour=11.0),
)
