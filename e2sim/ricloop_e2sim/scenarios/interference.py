"""Somebody disturbs: noise from outside in one cell, then in another, then at all cells of a site."""

from dataclasses import replace

from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY

INTERFERENCE = replace(
    DENSE_URBAN_DAY,
    name="interference",
    title="the city, disturbed from outside at three places",
    impairments=(
        Impairment("interference", "gnb3/s1/2100", 20.0, 50.0, amount=30.0),
        Impairment("interference", "gnb6/s2/2100", 55.0, 75.0, amount=30.0),
        Impairment("interference", "gnb1", 80.0, 110.0, amount=30.0),
    ),
    seconds=120.0,
)
