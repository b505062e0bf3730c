"""Benches answer their question, with flat rows for a person and for a program; how fast is nobody's test."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import BENCHES, bench, main


def test_every_module_that_measures_is_listed() -> None:
    found = {path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef measure(" in path.read_text()}
    assert found == set(BENCHES)


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_asks_in_one_sentence(name: str) -> None:
    question, measure = bench(name)
    assert question.endswith(".")
    assert callable(measure)


def test_rows_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.json"
    main(["context", "xapp_process", "--share", "0.01", "--json", str(file)])
    rows = json.loads(file.read_text())
    assert [row["bench"] for row in rows] == ["context"] * 4 + ["xapp_process"]
    assert all(isinstance(value, int | float | str) for row in rows for value in row.values())
    assert "context us" in capsys.readouterr().out


def test_an_unknown_bench_names_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["contexts"])
    assert "no bench contexts; there are calls, capture, context" in capsys.readouterr().err
