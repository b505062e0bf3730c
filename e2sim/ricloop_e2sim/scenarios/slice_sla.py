"""Three slices, of which the one with an agreement is capped by mistake, in a cell and at two sites."""

from dataclasses import replace

from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.slicing import Slice
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY

SLICE_SLA = replace(
    DENSE_URBAN_DAY,
    name="slice-sla",
    title="the city in three slices, one of which misses its agreement for a while",
    slices=(Slice("embb", 1), Slice("cloud-gaming", 128, minimum=40.0, weight=2.0), Slice("miot", 3, maximum=20.0)),
    groups=(
        Group(145, "web"),
        Group(25, "cg-8", moves="static", hours="always", slice=1),
        Group(30, "mtc", moves="static", hours="always", slice=2),
    ),
    impairments=(
        Impairment("slice-sla", "gnb1", 20.0, 50.0, amount=2.0, slice=1),
        Impairment("slice-sla", "gnb4", 55.0, 85.0, amount=2.0, slice=1),
        Impairment("slice-sla", "gnb6/s1/2100", 80.0, 110.0, amount=1.0, slice=1),
    ),
    seconds=120.0,
)
