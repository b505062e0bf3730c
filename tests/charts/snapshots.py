"""`python -m tests.charts.snapshots`: writes what each chart renders to by default, for a reviewer to read the change.

Keys and certificates are made anew each time, so that they and what is summed from them are masked.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.charts import helm
from tests.charts.cases import CHARTS

FOLDER = Path(__file__).parent / "snapshots"
RANDOM = (
    (re.compile(r"^(\s*(?:ca\.crt|tls\.crt|tls\.key|ca\.key): ).+$", re.MULTILINE), r"\1MASKED"),
    (re.compile(r"^(\s*checksum/tls: ).+$", re.MULTILINE), r"\1MASKED"),
)


def masked(chart: Path) -> str:
    """The default rendering of a chart's folder or archive as one text."""
    parts = [f"# {name}\n{text.strip()}\n" for name, text in sorted(helm.render(chart).items()) if text.strip()]
    whole = "---\n".join(parts)
    for pattern, instead in RANDOM:
        whole = pattern.sub(instead, whole)
    return whole


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for chart in CHARTS:
        (FOLDER / f"{chart.name}.yaml").write_text(masked(chart))
    for old in FOLDER.glob("*.yaml"):
        if old.stem not in {chart.name for chart in CHARTS}:
            old.unlink()


if __name__ == "__main__":
    main()
