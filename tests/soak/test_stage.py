"""What a long count did is not done again, and a fault ends it where it stands."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from tests.soak.stage import Stage, State, carry_out
from tests.soak.values import FILES, ROOT


def test_a_count_goes_on_where_a_fault_ended_it(tmp_path: Path) -> None:
    tried: list[int] = []
    console = Console(file=io.StringIO(), width=200)

    def work(number: int) -> str:
        tried.append(number)
        if tried.count(3) == 1 and number == 3:
            raise ValueError("[odd]")
        return f"block {number}"

    stage = Stage("some", "some things", work, 60, 10)
    assert not carry_out(stage, 60, State(tmp_path / "soak.json"), console)
    assert carry_out(stage, 60, State(tmp_path / "soak.json"), console)
    assert tried == [0, 1, 2, 3, 3, 4, 5]
    fault, end = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert fault == "some things: number 3 shows ValueError: [odd]"
    assert end.startswith("some things: 60 without a fault (30 of them before;")
    assert end.endswith("block 5")
    assert State(tmp_path / "soak.json").done(stage) == 60
    assert State(tmp_path / "soak.json", fresh=True).done(stage) == 0


def test_a_part_of_a_block_is_a_whole_one_and_what_is_done_costs_nothing(tmp_path: Path) -> None:
    tried: list[int] = []
    console = Console(file=io.StringIO(), width=200)
    stage = Stage("some", "some things", lambda number: str(tried.append(number)), 10, 10)
    for _ in range(2):
        assert carry_out(stage, 11, State(tmp_path / "soak.json"), console)
    assert tried == [0, 1]


def test_every_test_of_random_values_is_in_a_stage() -> None:
    tests = set(ROOT.glob("tests/**/test_*.py")) - {Path(__file__)}
    marked = {str(file.relative_to(ROOT)) for file in tests if "mark.values" in file.read_text()}
    assert marked == {file for files in FILES.values() for file in files}
