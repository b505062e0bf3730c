"""Reading traces: units, gaps, and errors that name the column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ricloop_e2sim.replay.demand import DemandReplay
from ricloop_e2sim.replay.readers import read_trace
from ricloop_e2sim.replay.trace import TraceError
from tests.e2sim.traces import VIAVI_COLUMNS, write_viavi

MAP = """
time = "when"
time_format = "%Y-%m-%d %H:%M"
cell = "name"
demand = { column = "volume", unit = "MB" }
prb = { column = "prb", unit = "%" }
power = { column = "kw", unit = "kW" }
users = "ues"
site = "site"
layer = "mhz"
prbs = 50
"""
ROWS = """when,name,volume,prb,kw,ues,site,mhz
2024-05-01 00:00,low,3.6,50,0.2,1.2,A,800
2024-05-01 00:00,high,7.2,20,0.1,3,A,1800
2024-05-01 01:00,low,0,0,0.1,0,A,800
2024-05-01 02:00,low,7.2,100,0.3,2,A,800
2024-05-01 02:00,high,-,-,-,-,A,1800
"""


@pytest.fixture
def mapped(tmp_path: Path) -> tuple[Path, Path]:
    trace, columns = tmp_path / "any.csv", tmp_path / "map.toml"
    trace.write_text(ROWS)
    columns.write_text(MAP)
    return trace, columns


def test_any_csv_is_read_by_a_column_map_with_its_units(mapped: tuple[Path, Path]) -> None:
    trace = read_trace(*mapped)
    assert trace.cells == ("low", "high")
    assert trace.interval_s == 3600
    np.testing.assert_allclose(trace.bits, [[28.8e6, 57.6e6], [0, 0], [57.6e6, 0]])
    np.testing.assert_allclose(trace.rate[0], [28.8e6 / 25 / 3600, 57.6e6 / 10 / 3600])
    assert trace.umbrella.tolist() == [0, 0]
    assert trace.users.tolist() == [[1, 3], [0, 0], [2, 0]]
    assert trace.power_w is not None
    np.testing.assert_allclose(trace.power_w[0], [200, 100])


def test_gaps_stay_gaps_and_are_counted(mapped: tuple[Path, Path]) -> None:
    assert read_trace(*mapped).gaps == 2


def test_rows_of_one_cell_and_time_are_told_of_and_the_last_holds(mapped: tuple[Path, Path]) -> None:
    mapped[0].write_text(ROWS + "2024-05-01 02:00,low,1.8,25,0.3,2,A,800\n")
    trace = read_trace(*mapped)
    assert trace.bits[2, 0] == 14.4e6
    assert "1 rows repeat a cell and time: the last of each holds" in trace.assumptions


def test_a_replay_says_what_stands_for_its_gaps(mapped: tuple[Path, Path]) -> None:
    assumptions = DemandReplay.of_trace(read_trace(*mapped)).assumptions()
    assert "2 of 6 cell intervals are not in the trace: no load then" in assumptions


def test_other_separators_than_commas_are_named(mapped: tuple[Path, Path]) -> None:
    mapped[0].write_text(ROWS.replace(",", ";"))
    with pytest.raises(TraceError, match="its columns are parted by ';': write commas"):
        read_trace(*mapped)


def test_an_unknown_column_names_itself_and_the_nearest(mapped: tuple[Path, Path]) -> None:
    mapped[1].write_text(MAP.replace('"volume"', '"volumes"'))
    with pytest.raises(TraceError, match=r"no column is called 'volumes'. Did you mean 'volume'"):
        read_trace(*mapped)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"MB"', '"Mb"', "unknown unit 'Mb' of demand. Did you mean 'MB'"),
        ("users =", "user =", "unknown key 'user'. Did you mean 'users'"),
        ('cell = "name"', "", "the key 'cell' is missing"),
        ('time = "when"', "time = ", "map.toml is not TOML"),
        ('{ column = "volume", unit = "MB" }', '"volume"', "'demand' is written demand ="),
        ('"%Y-%m-%d %H:%M"', '"%H:%M"', "time '2024-05-01 00:00' does not fit"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(mapped: tuple[Path, Path], before: str, after: str, said: str) -> None:
    mapped[1].write_text(MAP.replace(before, after))
    with pytest.raises(TraceError, match=said.replace("{", r"\{")):
        read_trace(*mapped)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("3.6", "lots", "column 'volume', row 2: 'lots' is not a number"),
        ("3.6", "inf", "column 'volume', row 2: 'inf' is not a number"),
        ("3.6", "-3.6", "column 'volume', row 2: a demand is not negative"),
        ("prb,kw", "volume,kw", "two columns are called 'volume'"),
        ("2024-05-01 02:00,low", "2024-05-01 02:10,low", "row 5 is not a whole number of"),
        ("7.2,100,0.3,2,A,800", "7.2,100", "row 5 has 4 fields, the header 8"),
        (",A,1800\n", ",B,1800\n", "column 'site' changes over time"),
    ],
)
def test_a_wrong_row_is_named(mapped: tuple[Path, Path], before: str, after: str, said: str) -> None:
    mapped[0].write_text(ROWS.replace(before, after, 1))
    with pytest.raises(TraceError, match=said):
        read_trace(*mapped)


def test_a_header_that_nobody_knows_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    unknown = tmp_path / "x.csv"
    unknown.write_text("a,b\n1,2\n")
    with pytest.raises(TraceError, match="no reader knows a header of a, b"):
        read_trace(unknown)
    with pytest.raises(TraceError, match="there is no trace at"):
        read_trace(tmp_path / "absent.csv")


def test_the_ai_rsg_volume_is_a_mean_per_second_and_its_frequency_says_who_covers_whom(tmp_path: Path) -> None:
    trace = read_trace(write_viavi(tmp_path / "CellReports.csv"))
    assert trace.cells == ("S1/N12/C1", "S1/N1/C1", "S2/N12/C1", "S2/N1/C1")
    assert trace.umbrella.tolist() == [0, 0, 2, 2]
    assert trace.interval_s == 900
    np.testing.assert_allclose(trace.bits[0, 0], 700 * 10 * 1e3 * 900)
    np.testing.assert_allclose(trace.use[0, 0], 10 / 106)
    assert trace.gaps == 0


def test_an_ai_rsg_file_without_a_column_names_it(tmp_path: Path) -> None:
    path = write_viavi(tmp_path / "CellReports.csv")
    path.write_text(path.read_text().replace("RRC.ConnMean", "RRC.ConMean", 1))
    with pytest.raises(TraceError, match=r"no column is called 'RRC.ConnMean'. Did you mean 'RRC.ConMean'"):
        read_trace(path)
    assert "RRC.ConnMean" in VIAVI_COLUMNS


def test_lte_cells_are_aligned_by_time_not_by_row(tmp_path: Path) -> None:
    (tmp_path / "train_Cell1.csv").write_text(
        "DateTime,Traffic\n1/1/2018 0:00,10\n1/1/2018 1:00,20\n1/1/2018 3:00,40\n"
    )
    (tmp_path / "test_Cell1.csv").write_text("DateTime,Traffic\n1/1/2018 4:00,50\n")
    (tmp_path / "train_Cell2.csv").write_text("DateTime,Traffic\n1/1/2018 1:00,1\n1/1/2018 2:00,2\n1/1/2018 3:00,3\n")
    trace = read_trace(tmp_path)
    by_cell = dict(zip(trace.cells, (trace.bits / 8e6).T.tolist(), strict=True))
    assert by_cell == {"Cell1": [10, 20, 0, 40, 50], "Cell2": [0, 1, 2, 3, 0]}
    assert trace.gaps == 3
    assert trace.cells[trace.umbrella[0]] == "Cell1"
    assert "Cell1" in trace.assumptions[0]
    single = read_trace(tmp_path / "train_Cell2.csv")
    assert single.cells == ("Cell2",)


def test_the_sample_lte_cells_span_a_year_with_their_gaps(sample_data) -> None:  # type: ignore[no-untyped-def]
    trace = read_trace(sample_data("lte_varunkurri"))
    assert trace.bits.shape == (365 * 24, 3)
    assert trace.gaps == 83
