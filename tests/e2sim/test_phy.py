"""Carriers, link adaptation, rates, retransmissions and report codes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.phy import carrier, codes, cqi, harq, mcs, rate
from ricloop_e2sim.phy.carrier import Carrier


@pytest.mark.parametrize(
    ("f_ghz", "mhz", "khz", "prbs"),
    [
        (2.1, 20, 15, 106), (2.1, 50, 15, 270), (3.5, 100, 30, 273), (3.5, 5, 30, 11), (3.5, 35, 30, 92),
        (3.5, 50, 60, 65), (3.5, 100, 60, 135), (28, 50, 60, 66), (28, 200, 60, 264), (28, 50, 120, 32),
        (28, 400, 120, 264),
    ],
)  # fmt: skip
def test_prbs_of_carriers(f_ghz: float, mhz: float, khz: int, prbs: int) -> None:
    assert Carrier(f_ghz, mhz, khz).prbs == prbs


@pytest.mark.parametrize(("mhz", "prbs"), [(1.4, 6), (3, 15), (5, 25), (10, 50), (15, 75), (20, 100)])
def test_prbs_of_lte_carriers(mhz: float, prbs: int) -> None:
    assert Carrier(0.8, mhz, 15, lte=True).prbs == prbs


@pytest.mark.parametrize("khz", [15, 30, 60])
def test_no_carrier_is_wider_than_its_bandwidth(khz: int) -> None:
    for mhz, prbs in carrier.FR1[khz].items():
        assert 0.72 < prbs * 12 * khz / (1000 * mhz) < 0.99


def test_bandwidths_and_spacings_that_the_standard_lacks_are_refused_with_those_it_has() -> None:
    with pytest.raises(ConfigError, match=r"no carrier of 7 MHz at 15 kHz and 2\.1 GHz; bandwidths in MHz: 5, 10, 15"):
        Carrier(2.1, 7, 15)
    with pytest.raises(ConfigError, match=r"no spacing of 30 kHz at 28 GHz; in kHz: 60, 120"):
        Carrier(28, 100, 30)


@pytest.mark.parametrize(("khz", "dbm"), [(15, -121.45), (30, -118.44), (60, -115.43)])
def test_noise_of_a_prb(khz: int, dbm: float) -> None:
    assert Carrier(3.5, 20, khz).noise_dbm(0) == pytest.approx(dbm, abs=0.005)
    assert Carrier(3.5, 20, khz).noise_dbm() == pytest.approx(dbm + 9, abs=0.005)


def test_powers_per_prb_and_per_resource_element() -> None:
    # 46 dBm over 100 PRBs: 26 dBm each, 15.2 dBm per subcarrier.
    power, prbs = np.array([46.0]), np.array([100.0])
    assert carrier.prb_dbm(power, prbs)[0] == pytest.approx(26)
    assert carrier.rsrp_dbm(power, prbs, np.array([-100.0]))[0] == pytest.approx(-84.792, abs=1e-3)


T1_DB = [-8.3, -6.4, -4.2, -1.6, 0.35, 2.2, 4.2, 6.1, 8.0, 9.7, 11.7, 13.8, 15.7, 17.65, 19.3]
SE_1 = [
    0.1523,
    0.2344,
    0.3770,
    0.6016,
    0.8770,
    1.1758,
    1.4766,
    1.9141,
    2.4063,
    2.7305,
    3.3223,
    3.9023,
    4.5234,
    5.1152,
    5.5547,
]
SE_2 = [
    0.1523,
    0.3770,
    0.8770,
    1.4766,
    1.9141,
    2.4063,
    2.7305,
    3.3223,
    3.9023,
    4.5234,
    5.1152,
    5.5547,
    6.2266,
    6.9141,
    7.4063,
]
SE_3 = [
    0.0586,
    0.0977,
    0.1523,
    0.2344,
    0.3770,
    0.6016,
    0.8770,
    1.1758,
    1.4766,
    1.9141,
    2.4063,
    2.7305,
    3.3223,
    3.9023,
    4.5234,
]


@pytest.mark.parametrize(("number", "efficiency"), [(1, SE_1), (2, SE_2), (3, SE_3)])
def test_cqi_tables_carry_what_the_standard_says(number: int, efficiency: list[float]) -> None:
    np.testing.assert_allclose(cqi.TABLES[number].efficiency, efficiency, atol=6e-5)


def test_cqi_at_and_below_its_thresholds() -> None:
    at = np.array(T1_DB)
    np.testing.assert_array_equal(cqi.T1.cqi(at), np.arange(1, 16))
    np.testing.assert_array_equal(cqi.T1.cqi(at - 0.01), np.arange(15))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_higher_cqi_want_more(number: int) -> None:
    table = cqi.TABLES[number]
    assert (np.diff(table.threshold_db) > 0).all()
    assert (np.diff(table.efficiency) > 0).all()
    # None beats Shannon.
    assert (np.log2(1 + 10 ** (table.threshold_db / 10)) > table.efficiency).all()


def test_the_strict_table_asks_for_one_block_error_in_100_000() -> None:
    assert mcs.bler(np.array(cqi.STRICT_DB)) == pytest.approx(1e-5, rel=0.01)


@pytest.mark.parametrize(
    ("number", "block", "index", "db", "efficiency"),
    [
        (1, 500, 0, -6.2, 0.2344), (1, 500, 9, 3.02, 1.3262), (1, 500, 10, 3.27, 1.3281), (1, 500, 28, 19.43, 5.5547),
        (1, 100, 12, 5.90, 1.6953), (1, 2000, 17, 8.73, 2.5664), (1, 2000, 28, 18.97, 5.5547),
        (2, 500, 20, 18.91, 5.3320), (2, 100, 25, 24.36, 6.9141), (2, 2000, 3, 0.00, 0.8770),
        (2, 500, 26, 24.31, 7.1602), (2, 500, 27, 25.2, 7.4062), (3, 500, 9, -2.94, 0.4902),
        (3, 500, 28, 15.75, 4.5234), (3, 500, 0, -12.7, 0.0586),
    ],
)  # fmt: skip
def test_rows_of_the_mcs_tables(number: int, block: int, index: int, db: float, efficiency: float) -> None:
    table = mcs.mcs_table(number, block)
    assert table.threshold_db[index] == db
    assert table.efficiency[index] == pytest.approx(efficiency, abs=6e-5)
    assert len(table.bits) == len(table.rate_1024) == len(table.threshold_db) == (28 if number == 2 else 29)


@pytest.mark.parametrize(("number", "block"), [(1, 100), (1, 500), (1, 2000), (2, 100), (2, 500), (2, 2000), (3, 500)])
def test_every_scheme_has_a_threshold_above_shannon_and_within_the_spread_of_block_sizes(
    number: int, block: int
) -> None:
    table, usual = mcs.mcs_table(number, block), mcs.mcs_table(number)
    assert (np.log2(1 + 10 ** (table.threshold_db / 10)) > table.efficiency).all()
    difference = table.threshold_db - usual.threshold_db
    assert (difference <= (1.35 if block == 100 else 0.05)).all()
    assert (difference >= (0 if block == 100 else -0.95)).all()


@pytest.mark.parametrize(("number", "block"), [(1, 100), (1, 500), (2, 100), (2, 2000), (3, 500)])
@given(sinr=st.floats(-20, 40), margin=st.floats(0, 5))
def test_the_chosen_mcs_is_the_highest_that_the_sinr_allows(
    number: int, block: int, sinr: float, margin: float
) -> None:
    table = mcs.mcs_table(number, block)
    allowed = [index for index, db in enumerate(table.threshold_db) if db <= sinr - margin]
    assert table.mcs(np.array([sinr]), margin)[0] == max(allowed, default=-1)


def test_block_errors_at_the_threshold_and_a_db_beside_it() -> None:
    table = mcs.mcs_table(1)
    sinr = np.array([9.34, 10.34, 8.34, 9.34])
    got = table.bler(sinr, np.array([17, 17, 17, -1]))
    # Logistic: odds of 1:9 change by e^3.5 per dB.
    np.testing.assert_allclose(got[:3], [0.1, 1 / (1 + 9 * math.exp(3.5)), 1 / (1 + 9 * math.exp(-3.5))], rtol=0.02)
    assert got[3] == 1
    np.testing.assert_allclose(mcs.bler(np.array([-1e4, 1e4])), [1, 0], atol=1e-12)


def test_mcs_tables_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ConfigError, match="no MCS table 4; they are 1, 2, 3"):
        mcs.mcs_table(4)
    with pytest.raises(ConfigError, match="MCS table 3 has no thresholds for blocks of 2000 bit; it has them for 500"):
        mcs.mcs_table(3, 2000)


def test_the_peak_of_a_100_mhz_carrier() -> None:
    one = rate.prb_rate(np.array(8 * 948 / 1024), np.array(30.0), layers=4)
    assert 273 * one == pytest.approx(2.337e9, rel=2e-4)


def test_a_prb_of_each_spacing() -> None:
    got = rate.prb_rate(np.array([1.0, 2.0]), np.array([15.0, 30.0]))
    np.testing.assert_allclose(got, [168e3 * 0.86, 2 * 336e3 * 0.86])
    tdd = rate.prb_rate(np.array(1.0), np.array(30.0), rate.OVERHEAD_FR1_UL, 0.25, 2)
    assert tdd == pytest.approx(336e3 * 0.92 * 0.5)


def test_the_truncated_shannon_curves() -> None:
    sinr = np.array([-10.01, -10.0, 0.0, 30.0, 60.0])
    np.testing.assert_allclose(rate.shannon_dl(sinr), [0, 0.08250, 0.6, 5.98034, 5.98034], atol=2e-5)
    np.testing.assert_allclose(rate.shannon_ul(sinr), [0, 0.05500, 0.4, 2.92692, 2.92692], atol=2e-5)


def test_shannons_bit_per_hertz_fills_the_whole_of_a_prb() -> None:
    # 0 dB: 0.6 bit/s/Hz over 180 kHz, and 0.4 uplink, less the overhead.
    zero = np.zeros(1)
    for curve, rate_hz in ((rate.by_shannon(), 0.6), (rate.by_shannon(rate.shannon_ul), 0.4)):
        assert rate.prb_rate(curve(zero), np.array([15.0]))[0] == pytest.approx(rate_hz * 180e3 * 0.86)


def test_what_gets_through_is_the_efficiency_less_the_lost_blocks() -> None:
    curve = rate.by_mcs(mcs.mcs_table(1))
    got = curve(np.array([-6.21, 3.02, 19.43, 40.0]))
    np.testing.assert_allclose(got, [0, 0.9 * 1.3262, 0.9 * 5.5547, 5.5547], rtol=2e-3)
    late = rate.by_mcs(mcs.mcs_table(1), margin_db=3.0)
    # 3 dB in hand: hardly an error.
    assert late(np.array([22.43]))[0] == pytest.approx(5.5547, rel=1e-4)


@given(st.floats(-25, 55))
def test_the_look_up_is_the_curve_within_a_row(sinr: float) -> None:
    curve = rate.by_mcs(mcs.mcs_table(2))
    table = rate.EfficiencyTable(curve)
    held = min(max(sinr, -19.99), 49.99)
    # A scheme's threshold may lie in the next row, so the curve's ends alone do not bound what is between them.
    near = curve(held + np.linspace(-0.0101, 0.0101, 203))
    got = table.efficiency(np.array([sinr]))[0]
    assert near.min() * (1 - 1e-3) - 1e-9 <= got <= near.max() * (1 + 1e-3) + 1e-9


def test_the_look_up_changes_schemes_exactly_at_the_thresholds() -> None:
    table = mcs.mcs_table(1)
    looked = rate.EfficiencyTable(lambda sinr: table.mcs(sinr).astype(np.float64))
    above, below = looked.efficiency(table.threshold_db + 0.011), looked.efficiency(table.threshold_db - 0.011)
    np.testing.assert_array_equal(above, np.arange(29))
    np.testing.assert_array_equal(below, np.arange(29) - 1)


def test_retransmissions_combine() -> None:
    lost, sent = harq.harq(np.array([0.0, -200.0, 50.0]))
    # One in ten, then 3 dB over the threshold: 3e-6 at most.
    assert sent[0] == pytest.approx(1.1, abs=0.01)
    assert lost[0] < 1e-15
    assert (lost[1], sent[1]) == pytest.approx((1, 5))
    assert (lost[2], sent[2]) == pytest.approx((0, 1))
    once = harq.harq(np.array([0.0]), retransmissions=0)
    assert (once[0][0], once[1][0]) == pytest.approx((0.1, 1), abs=0.001)


def test_report_codes_of_a_published_report() -> None:
    assert codes.rsrp_of(np.array(74)) == -83
    assert codes.rsrq_of(np.array(65)) == -11
    assert codes.sinr_of(np.array(113)) == 33


def test_report_codes_at_their_ends() -> None:
    np.testing.assert_array_equal(
        codes.rsrp_code(np.array([-200.0, -156.01, -156, -155.5, -31, 0])), [0, 0, 1, 1, 126, 127]
    )
    np.testing.assert_array_equal(codes.rsrq_code(np.array([-50.0, -43.01, -43, 19.5, 25])), [0, 0, 1, 126, 127])
    np.testing.assert_array_equal(codes.sinr_code(np.array([-np.inf, -23, -22.5, 39.99, 40])), [0, 1, 2, 126, 127])


@given(st.integers(1, 127))
def test_report_codes_come_back(code: int) -> None:
    one = np.array([code])
    assert codes.rsrp_code(codes.rsrp_of(one)) == one
    assert codes.rsrq_code(codes.rsrq_of(one)) == one
    assert codes.sinr_code(codes.sinr_of(one)) == one
