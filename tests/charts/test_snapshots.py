"""What the charts render to by default changes only where somebody sees it."""

from __future__ import annotations

from pathlib import Path

from tests.charts.cases import CHARTS, every_chart
from tests.charts.snapshots import FOLDER, masked


@every_chart
def test_the_default_rendering_is_the_one_kept(chart: Path) -> None:
    kept = FOLDER / f"{chart.name}.yaml"
    assert kept.exists(), "run: python -m tests.charts.snapshots"
    assert masked(chart) == kept.read_text(), "where this is meant, run: python -m tests.charts.snapshots"


def test_no_rendering_is_kept_of_a_chart_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {chart.name for chart in CHARTS}
