"""The champion/challenger report: a page for people, a file for `promote --evidence`, and a sentence."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any

import pytest

from ricloop.core.errors import ConfigError
from ricloop.runtime.models.report import check_report, page, verdict, write_report
from ricloop.runtime.models.words import in_words
from ricloop.store.gates import read_evidence

KNOWN = {"champion": {"p50": 10.0, "p99": 20.0}, "challenger": {"p50": 5.0, "p99": 40.0}}


def comparison(**changes: Any) -> dict[str, Any]:
    maes = {"champion": 4.0, "challenger": 2.0}
    rows = {who: [{"horizon": 1, "count": 9, "mae": mae, "misses": 0.1}] for who, mae in maes.items()}
    return {
        "schema": 1, "champion": "a@1.0.0+1", "challenger": "a@2.0.0+<2>", "decisions": 9, "disagreement": 0.25,
        "champion_error": 4.0, "challenger_error": 2.0, "faults": 1, "skipped": 2, "fault_kinds": {"failed": 1},
        "skip_reasons": {"no time": 2}, "alarms": {"champion": 0, "challenger": 0}, "horizons": rows, "time_us": KNOWN,
        **changes,
    }  # fmt: skip


def test_the_page_has_every_figure_and_bars_as_long_as_they_are(tmp_path: Path) -> None:
    (file,) = write_report(tmp_path / "r.html", [comparison()])
    text = file.read_text()
    for word in ("a@1.0.0+1", "a@2.0.0+&lt;2&gt;", "50.0 % smaller", "25.00 %", "2 (no time 2)", "1 (failed 1)"):
        assert word in text
    start = text.index("<svg")
    drawn = xml.fromstring(text[start : text.index("</svg>") + 6].replace("role=img", ""))
    ours, theirs = (float(bar.attrib["width"]) for bar in drawn.iter("rect"))
    assert ours == pytest.approx(2 * theirs, abs=0.1)
    assert page([comparison(), comparison()]).count("<svg") == 4


def test_the_file_is_evidence_and_several_have_a_file_each(tmp_path: Path) -> None:
    files = write_report(tmp_path / "r.json", [comparison(), comparison(champion="b@1.0.0+3")])
    assert [file.name for file in files] == ["r.json", "r-2.json"]
    assert read_evidence(files[0]).challenger_error == 2.0
    assert json.loads(files[1].read_text())["champion"] == "b@1.0.0+3"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "The challenger's error is 50.0 % smaller than the champion's: 2 against 4."),
        ({"challenger_error": 5.0}, "25.0 % larger"),
        ({"champion_error": 0.0}, "never off"),
        ({"champion_error": None}, "They differ in 25.0 %; which of them is right was not seen."),
        ({"decisions": 0, "disagreement": None}, "never compared"),
    ],
)
def test_the_verdict_is_a_sentence(changes: dict[str, Any], words: str) -> None:
    assert words in verdict(comparison(**changes))


def test_a_name_that_says_neither_and_a_place_that_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"end its name with .json or .html"):
        check_report(Path("report.txt"))
    with pytest.raises(ConfigError, match=r"--shadow-report .*: No such file"):
        write_report(tmp_path / "no" / "r.html", [comparison()])


def test_the_end_of_a_run_tells_what_drifted_and_what_took_over() -> None:
    change = {"signal": "error", "model": "a@1.0.0+1", "state": "drifting", "why": "page-hinkley", "time": 12.34}
    told = list(
        in_words(
            {
                "models": [{"shadow": comparison()}],
                "swaps": [
                    {"result": "changed", "version": "a@2", "before": "a@1", "reason": "promote by ann: better"},
                    {"result": "refused", "before": "a@2", "reason": "card.md: changed"},
                ],
                "drifts": [change, change | {"state": "ok", "why": "back"}] * 5,
                "energy": None,
            }
        )
    )
    assert told[0].startswith("a@2.0.0+<2> beside a@1.0.0+1: 9 compared. The challenger's error")
    assert told[1:3] == [
        "a@2 went to work in place of a@1 (promote by ann: better)",
        "refused, a@2 goes on: card.md: changed",
    ]
    assert told[3] == "error of a@1.0.0+1 began to drift at 00:00:12 UTC (page-hinkley)"
    assert told[4] == "error of a@1.0.0+1 drifts no more at 00:00:12 UTC (back)"
    assert told[-1] == "and 2 more changes of drift"
