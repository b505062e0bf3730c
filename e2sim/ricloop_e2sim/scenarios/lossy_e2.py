"""The city behind bad E2 links: messages get lost, late, doubled, swapped and damaged; associations break and hang."""

from dataclasses import replace

from ricloop_e2sim.linkfaults.association import AssociationFault
from ricloop_e2sim.linkfaults.messages import LinkFault
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY

LOSSY_E2 = replace(
    DENSE_URBAN_DAY,
    name="lossy-e2",
    title="the city, with E2 links that lose, delay, repeat, reorder and damage messages, hang and break",
    faults=(
        LinkFault("drop", 0.02),
        LinkFault("delay", 0.2, "gnb2", 10.0, 40.0, amount=5),
        LinkFault("duplicate", 0.1, "gnb3", 10.0, 40.0),
        LinkFault("reorder", 0.1, "gnb4", 10.0, 40.0),
        LinkFault("truncate", 0.05, "gnb5", 20.0, 50.0),
        LinkFault("corrupt", 0.05, "gnb6", 20.0, 50.0, amount=3),
        LinkFault("drop", 0.3, "gnb7", way="from-ric", messages="controls"),
    ),
    associations=(
        AssociationFault("refused", gnb="gnb1", amount=2),
        AssociationFault("hung", 15.0, 20.0, "gnb3"),
        AssociationFault("lost", 30.0, 36.0, "gnb1"),
        AssociationFault("lost", 44.0, 48.0, spread_s=2.0),
    ),
)
