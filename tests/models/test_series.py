"""Hourly values of cells are read as they lie in time, and what cannot be read is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_models import series


def test_rows_are_aligned_by_time_and_gaps_stay_gaps(tmp_path: Path) -> None:
    (tmp_path / "train_A.csv").write_text("DateTime,Traffic\n1/1/2020 1:00,5\n1/1/2020 3:00,7.5\n")
    (tmp_path / "test_A.csv").write_text("DateTime,Traffic\n1/1/2020 5:00,1\n")
    (tmp_path / "B.csv").write_text("DateTime,Traffic\n1/1/2020 0:00,2\n1/1/2020 5:00,3\n")
    found = series.read(tmp_path)
    assert found.entities == ("B", "A")
    nan = np.nan
    np.testing.assert_array_equal(found.values, [[2, nan, nan, nan, nan, 3], [nan, 5, nan, 7.5, nan, 1]])


def test_of_a_matrix_only_whole_rows_are_taken(tmp_path: Path) -> None:
    (tmp_path / "matrixTS.csv").write_text("1,2,3\n4,5\n6,,8\n9,10,11\n")
    (tmp_path / "ID_labels.csv").write_text("1.0\n10.0\n100.0\n1000.0\n")
    found = series.read(tmp_path)
    assert found.entities == ("1", "1000")
    np.testing.assert_array_equal(found.values, [[1, 2, 3], [9, 10, 11]])


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "Date,Traffic\n", "header should be DateTime,Traffic"),
        ("a.csv", "DateTime,Traffic\n2020-01-01,5\n", r"a\.csv line 2: .* is no time"),
        ("a.csv", "DateTime,Traffic\n1/1/2020 0:00,much\n", "line 2: 'much' is no number"),
        ("a.csv", "DateTime,Traffic\n1/1/2020 0:00,-1\n", "-1 is no amount of traffic"),
        ("a.csv", "DateTime,Traffic\n1/1/1900 0:00,1\n1/1/2100 0:00,1\n", "hours lie between"),
        ("readme.txt", "", "no matrixTS.csv and no"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=says):
        series.read(tmp_path)


def test_the_public_sets_have_the_sizes_that_they_are_known_for(sample_data: Callable[[str], Path]) -> None:
    milan = series.read(sample_data("milan_ferreira"))
    assert milan.values.shape == (211, 1488)
    assert "1051" in milan.entities
    assert not np.isnan(milan.values).any()
    lte = series.read(sample_data("lte_varunkurri"))
    assert lte.values.shape == (3, 8760)
    assert np.isnan(lte.values).sum(1).tolist() == [27, 28, 28]
