"""Sites that differ: their cells, numbers and places, against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.dialect import FLEXRIC, STANDARD
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cgi
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.flows.schedule import Block
from ricloop_e2sim.mobility.movement import Rectangle
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.hexagons import Hexagons, Layer, Variant
from ricloop_e2sim.network.population import Group, Population

LOW, HIGH = Layer(700, 10), Layer(3500, 100, 30, power_dbm=49.0, unit="tr38864-cat1-set1")
MIXED = Hexagons(
    sites=3,
    sectors=2,
    layers=(LOW, HIGH),
    variants=(Variant((1,), scenario="UMi", sectors=1, height_m=10.0, layers=(HIGH,), elements=0, dialect=FLEXRIC),),
)


def test_cells_are_numbered_site_by_site_sector_by_sector_layer_by_layer() -> None:
    where = deploy(MIXED)
    assert where.titles == (
        "gnb1/s1/700", "gnb1/s1/3500", "gnb1/s2/700", "gnb1/s2/3500",
        "gnb2/s1/3500",
        "gnb3/s1/700", "gnb3/s1/3500", "gnb3/s2/700", "gnb3/s2/3500",
    )  # fmt: skip
    assert where.gnb.tolist() == [0, 0, 0, 0, 1, 2, 2, 2, 2]
    assert where.sector.tolist() == [0, 0, 1, 1, 2, 3, 3, 4, 4]
    assert where.umbrella.tolist() == [0, 0, 2, 2, 4, 5, 5, 7, 7]
    assert where.prbs.tolist() == [52, 273, 52, 273, 273, 52, 273, 52, 273]
    assert [Cgi.unpack(cell).nci & 0x3FFF for cell in where.cells] == [1, 2, 3, 4, 1, 1, 2, 3, 4]
    assert where.plan.azimuth_deg.tolist() == [0, 0, 180, 180, 0, 0, 0, 180, 180]
    assert MIXED.cells == 9


def test_a_variant_differs_where_it_says_so_only() -> None:
    where = deploy(MIXED)
    assert where.plan.scenario == ("UMa", "UMi", "UMa")
    assert where.plan.height_m.tolist() == [25, 10, 25]
    assert where.plan.tilt_deg.tolist() == [10] * 9
    assert where.plan.peak_dbi[4] == 0
    assert np.isinf(where.plan.horizontal_deg).tolist() == [n == 4 for n in range(9)]
    assert where.dialects == (STANDARD, FLEXRIC, STANDARD)


def test_variants_come_again_in_a_larger_network_and_go_with_their_sites() -> None:
    assert MIXED.of(7).variants[0].sites == (1, 4)
    assert MIXED.of(1).variants == ()
    assert MIXED.of(7).cells == 5 * 4 + 2


def test_a_network_with_places_keeps_the_first_of_them() -> None:
    line = Hexagons(sites=3, points=((0.0, 0.0), (1.0, 0.0), (2.0, 0.0)))
    assert line.of(2).points == ((0.0, 0.0), (1.0, 0.0))
    with pytest.raises(ConfigError, match="3"):
        line.of(4)


def test_azimuths_are_taken_as_given() -> None:
    turned = Hexagons(sites=1, azimuths_deg=(90.0, -30.0, -150.0))
    assert deploy(turned).plan.azimuth_deg.tolist() == [90, -30, -150]
    with pytest.raises(ConfigError, match="azimuths"):
        Hexagons(sites=1, azimuths_deg=(0.0,))


@pytest.mark.parametrize("sites", [(3,), (-1,), (1, 1)])
def test_a_variant_of_no_site_or_of_one_twice_is_refused(sites: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match=r"site -?\d of a variant"):
        Hexagons(sites=3, variants=(Variant(sites),))


def test_a_group_keeps_its_own_week() -> None:
    """Calls one after another at 8 Mbit/s, as many users as the block says."""
    group = Group(1000, "calls", moves="static", blocks=(Block(0, 1, 0.5), Block(1, 2, 2.0, 0.5)))
    area = Rectangle(0.0, 0.0, 1.0, 1.0)
    population = Population((group,), area, Calendar(day_s=24.0), 1, np.random.SeedSequence(1))
    offered = [population.offer(hour * 1_000_000, 1_000_000)[0].sum() / 8e6 for hour in range(3)]
    # Binomial of 1000 at 0.25 and 0.5: deviations of 14 and 16.
    assert offered == [pytest.approx(250, abs=60), pytest.approx(500, abs=65), 0]
