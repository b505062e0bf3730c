"""The README of a chart says what each of its values is, and so does the file of values itself."""

from __future__ import annotations

from pathlib import Path

from tests.charts.cases import every_chart
from tests.charts.tables import rows, table, with_table

VALUES = """\
# A file.

# How many.
# Or none.
count: 1

# Where.
place:
  # Its host | name.
  host: ""
# Both.
probe: {a: 1, b: 2}
"""


@every_chart
def test_the_table_in_the_readme_is_that_of_the_values(chart: Path) -> None:
    readme = (chart / "README.md").read_text()
    again = with_table(readme, (chart / "values.yaml").read_text())
    assert readme == again, "run: python -m tests.charts.tables"


@every_chart
def test_every_value_is_explained_above_it(chart: Path) -> None:
    unexplained = [row.path for row in rows((chart / "values.yaml").read_text()) if not row.text]
    assert unexplained == []


def test_a_table_has_a_row_for_each_key_with_the_comment_above_it() -> None:
    assert table(VALUES).splitlines()[2:] == [
        "| `count` | `1` | How many. Or none. |",
        "| `place` |  | Where. |",
        '| `place.host` | `""` | Its host \\| name. |',
        '| `probe` | `{"a": 1, "b": 2}` | Both. |',
    ]
