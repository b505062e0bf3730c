"""A town from two to five at night: the capacity layer carries little that the coverage layer could not."""

from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario

QUIET_NIGHT = NetworkScenario(
    name="quiet-night",
    title="3 gNBs x 3 sectors x 700 and 2100 MHz, 90 users; 2 to 5 at night",
    deployment=Hexagons(sites=3, layers=(Layer(700, 10), Layer(2100, 20, preference_db=12.0))),
    groups=(
        Group(60, "web", moves="static", indoor=0.9, floors=3, hours="home"),
        Group(10, "video", moves="static", indoor=1.0, floors=3, hours="home"),
        Group(20, "iot", moves="static", hours="always"),
    ),
    calendar=Calendar(start_hour=2.0),
    seconds=3 * 3600.0,
)
