"""A city centre over a working day: 7 sites of 3 sectors 500 m apart, and 200 people on foot, in cars and indoors."""

from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario

DENSE_URBAN_DAY = NetworkScenario(
    name="dense-urban-day",
    title="7 gNBs x 3 sectors at 2100 MHz, 200 users; an afternoon in the city",
    groups=(
        Group(115, "web"),
        Group(15, "video", moves="static", indoor=0.8, floors=6),
        Group(20, "ftp3-im", moves="static", indoor=0.5, floors=6, hours="office"),
        Group(30, "voip", moves="gauss-markov"),
        Group(20, "web", moves="streets", speed_kmh=30.0),
    ),
    calendar=Calendar(start_hour=14.0),
)
