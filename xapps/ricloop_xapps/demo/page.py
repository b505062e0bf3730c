"""A run on one page: an HTML file with its figures, tables and plots, no network needed to open it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ricloop_xapps.demo.facts import COLUMNS, facts
from ricloop_xapps.demo.plot import Span, plot
from ricloop_xapps.demo.series import Series

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h1{font-size:1.3rem}h2{font-size:1rem;margin:1.6rem 0 .2rem}table{border-collapse:collapse}
td{padding:.15rem 1.2rem .15rem 0;vertical-align:top}td:first-child{color:#57606a;white-space:nowrap}
table.rows td,table.rows th{padding:.15rem 1.2rem .15rem 0;border-bottom:1px solid #d0d7de;text-align:left}
table.rows th{font-weight:600;font-size:.85rem;color:#57606a}
table.rows .n{text-align:right;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto}text{font:11px system-ui,sans-serif;fill:#57606a}
.key{font-size:.85rem;color:#57606a}.key b{display:inline-block;width:1.2em;height:.25em}
.key b{vertical-align:middle;margin:0 .3em 0 1em}.key b.shade{height:.9em;opacity:.25}
"""
CONFLICT = ("winner", "loser", "resource", "parameter", "why", "count")


def write_page(path: Path, title: str, result: Mapping[str, Any], series: Series, spans: Sequence[Span] = ()) -> None:
    """Write the page: the result's figures, what each xApp did, then the plots with what happened meanwhile."""
    columns = series.columns
    plots = [
        ("Power", "W", {"controlled": columns["power_w"], "always on": columns["baseline_power_w"]}),
        ("Cells asleep", "", {"asleep": columns["asleep"]}),
        ("Lost traffic", "Mbit/s", {"controlled": columns["lost_mbps"]}),
    ]
    xapps = result["xapps"]
    rows = [(name, text) for name, text in facts(result) if name not in xapps]
    figures = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>" for name, text in rows)
    tables = _rows("xApps", ("xApp", *COLUMNS.values()), [(name, *_counts(told)) for name, told in xapps.items()])
    if found := result["conflicts"]["rows"]:
        tables += _rows(
            "Conflicts that the arbiter decided", CONFLICT, [tuple(row[k] for k in CONFLICT) for row in found]
        )
    drawn = "".join(f"<h2>{name}</h2>{plot(series.time_s, unit, lines, spans)}" for name, unit, lines in plots)
    path.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1><table>{figures}</table>{tables}{drawn}</html>\n"
    )


def _counts(told: Mapping[str, Any]) -> list[int]:
    return [told[key] for key in COLUMNS]


def _rows(title: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; numbers to the right."""

    def cell(tag: str, value: Any, sample: Any) -> str:
        number = " class=n" if isinstance(sample, int | float) else ""
        return f"<{tag}{number}>{html.escape(str(value))}</{tag}>"

    samples = rows[0] if rows else names
    head = "".join(cell("th", name, sample) for name, sample in zip(names, samples, strict=True))
    body = "".join(f"<tr>{''.join(cell('td', value, value) for value in row)}</tr>" for row in rows)
    return f"<h2>{html.escape(title)}</h2><table class=rows><tr>{head}</tr>{body}</table>"
