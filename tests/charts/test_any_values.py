"""Whatever a chart's schema admits is refused in words, or renders to objects that Kubernetes takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.charts import helm, values
from tests.charts.cases import KUBERNETES, OPERATORS, every_chart
from tests.charts.schemas import problems
from tests.charts.strategies import of_schema

EXAMPLES = 25


def _valid(chart: Path, said: dict[str, Any], kubernetes: str) -> None:
    try:
        made = helm.documents(chart, said, kubernetes=kubernetes, apis=OPERATORS)
    except helm.Refused as no:
        words = str(no)
        assert "execution error at" in words, f"not one of our refusals: {words}"
        assert "nil pointer" not in words
        named = {path[-1] for path, _ in values.leaves(said)} | {path[-1] for path in values.mappings(said) if path}
        assert any(key in words for key in named), f"names none of the values: {words}"
        return
    for document in made:
        assert problems(document, kubernetes) == [], document


@every_chart
def test_what_the_schema_admits_renders_to_what_kubernetes_takes(chart: Path) -> None:
    schema = json.loads((chart / "values.schema.json").read_text())

    # Few keys are set at a time: what fails can be read as it is, and making it smaller would take minutes.
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(of_schema(schema, schema), st.sampled_from(KUBERNETES))
    def holds(said: dict[str, Any], kubernetes: str) -> None:
        _valid(chart, said, kubernetes)

    holds()
