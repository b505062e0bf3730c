"""Figures are those of commands that there are; what pages state is what was recorded; two trees are judged fairly."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from ricloop.bench.codec import operations
from ricloop.store import shipped
from ricloop_e2sim.scenarios import NETWORKS, SCENARIOS
from tests.bench.__main__ import BENCHES
from tests.figures import registry
from tests.figures.__main__ import main
from tests.figures.checkout import HERE, Checkout, Measured, read
from tests.figures.figure import Better, Figure
from tests.figures.read import at, cell, digest, row
from tests.figures.record import PAGES, recorded, table, with_tables
from tests.figures.registry import RUNS
from tests.figures.verdict import Verdict, compare
from tests.pages import program

SMALL = {
    "demo in memory": "ricloop demo --transport memory --clock free --seconds 2",
    "dense-urban-day": "ricloop sim run dense-urban-day --seed 1 --seconds 1 --speed max",
    "shipped models": "ricloop models verify",
    "context": "python -m tests.bench context --share 0.01",
}
"""Runs of a second each, of the kinds of document that there are."""


@pytest.mark.parametrize("line", sorted({run.line(quick) for run in RUNS.values() for quick in (False, True)}))
def test_a_command_is_one_that_there_is(line: str) -> None:
    tool, *words = shlex.split(line.replace("{data}", str(HERE)))
    if tool == "ricloop":
        program.parse(words)
    else:
        assert (tool, *words[:2]) in (("python", "-m", "tests.bench"), ("python", "-m", "tests.images"))
        assert set(words[2:3]) <= set(BENCHES)


def test_nothing_that_is_listed_elsewhere_is_left_out() -> None:
    assert set(registry.SCENARIOS) == {*SCENARIOS, *NETWORKS}
    assert set(registry.ENGINE) == set(shipped())
    assert list(registry.CODEC) == [op.name for op in operations()]


@pytest.mark.parametrize("name", SMALL)
def test_figures_are_found_in_what_a_command_writes(name: str) -> None:
    measured = Checkout.here().measure(replace(RUNS[name], command=SMALL[name]))
    assert not measured.absent
    assert set(measured.values) == {figure.name for figure in RUNS[name].figures}


def test_a_command_that_fails_says_why_in_place_of_figures() -> None:
    broken = replace(RUNS["dense-urban-day"], command="ricloop sim run dense-urban-dya --speed max")
    assert "Did you mean 'dense-urban-day'" in Checkout.here().measure(broken).absent[""]


def test_a_place_that_is_not_there_is_a_figure_less() -> None:
    measured = read(RUNS["dense-urban-day"], {"digest": "d", "energy_kwh": None}, 1.0)
    assert measured.values == {"digest": "d"}
    assert measured.absent == {"energy": "LookupError: energy_kwh is None"}


def test_places_in_documents() -> None:
    rows = [{"op": "walk", "native": native, "ratio": 2.0 + native} for native in (False, True)]
    assert row("ratio", op="walk", native=True)(rows) == 3.0
    with pytest.raises(LookupError, match="2 rows"):
        row("ratio", op="walk")(rows)
    tables = {"tables": [{"title": "Milan", "columns": ["who", "mae"], "rows": [["ours, best", 2.5], ["last", 3.0]]}]}
    assert cell("Milan", "ours", "mae")(tables) == 2.5
    assert digest("rows")({"rows": [0.1 + 0.2]}) == digest("rows")({"rows": [0.3]})
    assert digest("rows")({"rows": [0.3001]}) != digest("rows")({"rows": [0.3]})


def rounds(*values: float | str) -> list[Measured]:
    return [Measured({"it": value}, 1.0, {}) for value in values]


@pytest.mark.parametrize(
    ("better", "before", "after", "verdict"),
    [
        (Better.LOWER, [10.0], [10.9], Verdict.AS_GOOD),
        (Better.LOWER, [10.0], [11.1], Verdict.WORSE),
        (Better.LOWER, [10.0], [8.9], Verdict.BETTER),
        (Better.HIGHER, [10.0], [8.9], Verdict.WORSE),
        (Better.LOWER, [10.0, 16.0, 10.0], [12.0, 12.0, 12.0], Verdict.AS_GOOD),
        (Better.LOWER, [0.0], [0.0], Verdict.AS_GOOD),
        (Better.LOWER, [0.0], [0.4], Verdict.AS_GOOD),
        (Better.LOWER, [0.0], [1.0], Verdict.WORSE),
        (Better.EQUAL, ["a"], ["a"], Verdict.AS_GOOD),
        (Better.EQUAL, ["a"], ["b"], Verdict.WORSE),
        (Better.EQUAL, ["a"], ["a", "b"], Verdict.WORSE),
        (Better.BESIDE, [1.0], [9.0], Verdict.BESIDE),
        (Better.LOWER, [], [1.0], Verdict.NEW),
        (Better.LOWER, [1.0], [], Verdict.WORSE),
        (Better.LOWER, [], [], Verdict.ABSENT),
    ],
)
def test_verdicts(better: Better, before: list[float | str], after: list[float | str], verdict: Verdict) -> None:
    figure = Figure("it", at("it"), "", better, 0.1, enough=0.5)
    assert compare(figure, rounds(*before), rounds(*after)).verdict is verdict


def test_a_round_is_kept_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, kept = tmp_path / "figures.json", str(tmp_path / "rounds.jsonl")
    asked: list[bool] = []

    def measure(self: Checkout, run: object, quick: bool) -> Measured:
        asked.append(quick)
        return Measured({"added to 1,024 rows, p50": float(len(asked))}, 1.0, {})

    monkeypatch.setattr(Checkout, "measure", measure)
    for total in (2, 3):
        assert main(["isolated", "--rounds", str(total), "--kept", kept, "--json", str(file)]) == 0
        assert len(asked) == total
    (figure,) = json.loads(file.read_text())["figures"]
    assert (figure["after"], figure["command"]) == (2.0, "python -m tests.bench isolated")


def test_words_that_cannot_be_used_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lop"])
    assert "no run lop; there are codec, loop" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no ricloop; a checkout with its environment"):
        main(["--against", str(tmp_path)])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_pages_state_what_was_recorded(page: Path) -> None:
    assert with_tables(page.read_text(), recorded()) == page.read_text(), "python -m tests.figures --tables"


def test_what_is_recorded_is_a_figure() -> None:
    for name, each in recorded()["runs"].items():
        assert set(each["values"]) <= {figure.name for figure in RUNS[name].figures}
        assert each["command"] in (RUNS[name].line(False), RUNS[name].line(True))


def test_a_table_stands_between_its_marks() -> None:
    document = {
        "machine": "an abacus",
        "runs": {"speed of the city": {"command": "ricloop sim", "values": {"speed": 98.76}}},
    }
    page = "before\n<!-- figures: simulator -->\nold\n<!-- /figures -->\nafter\n"
    made = with_tables(page, document)
    assert made.startswith("before\n<!-- figures: simulator -->\n| shown by | figure | value |\n")
    assert "| `ricloop sim` | speed | 98.76 x real time |" in made
    assert made.endswith("On an abacus.\n<!-- /figures -->\nafter\n")
    assert with_tables(made, document) == made
    assert "None is recorded yet" in table("loop", document)
