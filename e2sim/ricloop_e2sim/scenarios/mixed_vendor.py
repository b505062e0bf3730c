"""A city of three vendors: their sites differ in radio units and carriers, in how they speak E2, and in their nodes."""

from ricloop.core.dialect import FLEXRIC, Dialect
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.network.hexagons import Hexagons, Layer, Variant
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario

WIDE = Layer(3500, 100, 30, power_dbm=49.0, unit="tr38864-cat1-set1", duplex=0.75, streams=2.0, preference_db=10.0)
OLD = (Layer(700, 10, unit="earth-macro"), Layer(2100, 20, unit="earth-rrh"))
LEAN = (Layer(2100, 20, unit="ai-rsg"),)
V1 = Dialect(kpm_time_octets=4, e2ap_version=1)
NEW = Variant((6,), elements=4, dialect=Dialect(e2ap_version=3))

MIXED_VENDOR = NetworkScenario(
    name="mixed-vendor",
    title="7 gNBs x 3 sectors of three vendors, 2100 MHz, some with 700 or 3500 too, 200 users",
    deployment=Hexagons(
        layers=(Layer(2100, 20), WIDE),
        variants=(Variant((1, 4), layers=OLD, dialect=FLEXRIC), Variant((2, 5), layers=LEAN, dialect=V1), NEW),
        split=(1,),
        split_up=(0, 2, 6),
    ),
    groups=(
        Group(100, "web"),
        Group(80, "video", moves="static", indoor=0.7, floors=4),
        Group(20, "voip", moves="streets", speed_kmh=30.0),
    ),
    calendar=Calendar(start_hour=14.0),
)
