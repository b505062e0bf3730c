"""What came of a challenger, in a file: JSON for `ricloop models promote --evidence`, or a page for people."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ricloop.core.errors import ConfigError

Comparison: TypeAlias = Mapping[str, Any]
"""As `Shadow.report`."""

WIDTH, ROW, LABEL, NUMBER = 900, 24, 190, 90
COLOURS = {"champion": "#8c959f", "challenger": "#0a7d4f"}
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h1{font-size:1.3rem}h2{font-size:1rem;margin:1.6rem 0 .2rem}table{border-collapse:collapse}
td{padding:.15rem 1.2rem .15rem 0;vertical-align:top}td:first-child{color:#57606a}
svg{width:100%;height:auto}text{font:12px system-ui,sans-serif;fill:#57606a}
.key{font-size:.85rem;color:#57606a}.key b{display:inline-block;width:1.2em;height:.6em;margin:0 .3em 0 1em}
.verdict{font-size:1.05rem}hr{border:0;border-top:1px solid #d0d7de;margin:2rem 0}
"""


def check_report(path: Path) -> None:
    """Raises ConfigError for a name that says neither JSON nor HTML."""
    if path.suffix not in (".json", ".html"):
        raise ConfigError(f"--shadow-report {path}: end its name with .json or .html")


def write_report(path: Path, found: Sequence[Comparison]) -> list[Path]:
    """Write it, and say where. JSON holds one comparison: with several, each has its file, `NAME-2.json` and so on.

    Raises ConfigError for a file that cannot be written."""
    texts = {path: page(found)}
    if path.suffix == ".json":
        names = [path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, len(found) + 1))]
        texts = {name: json.dumps(one, indent=1) + "\n" for name, one in zip(names, found, strict=True)}
    for name, text in texts.items():
        try:
            name.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--shadow-report {name}: {error.strerror}") from error
    return list(texts)


def verdict(one: Comparison) -> str:
    """The comparison in a sentence."""
    if not one["decisions"]:
        return "They were never compared."
    ours, theirs = one["champion_error"], one["challenger_error"]
    if ours is None or theirs is None:
        return f"They differ in {100 * one['disagreement']:.1f} %; which of them is right was not seen."
    if not ours:
        return f"The champion was never off, the challenger by {theirs:.4g}."
    change = 100 * (theirs / ours - 1)
    return (
        f"The challenger's error is {abs(change):.1f} % {'smaller' if change < 0 else 'larger'} than the champion's: "
        f"{theirs:.4g} against {ours:.4g}."
    )


def page(found: Sequence[Comparison]) -> str:
    """One page for all comparisons; no network is needed to open it."""
    parts = "<hr>".join(map(_section, found))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Champion and challenger</title>"
        f"<style>{STYLE}</style><h1>Champion and challenger</h1>{parts}</html>\n"
    )


def _section(one: Comparison) -> str:
    rows = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>" for name, text in _facts(one))
    key = "".join(f'<b style="background:{colour}"></b>{name}' for name, colour in COLOURS.items())
    plots = "".join(
        f"<h2>{title}</h2>{_bars(bars)}" for title, bars in (("Mean absolute error", _errors(one)), _times(one)) if bars
    )
    return f"<p class=verdict>{html.escape(verdict(one))}</p><table>{rows}</table><div class=key>{key}</div>{plots}"


def _facts(one: Comparison) -> list[tuple[str, str]]:
    def reasons(of: Mapping[str, int]) -> str:
        return f" ({', '.join(f'{name} {count}' for name, count in of.items())})" if of else ""

    rows = [
        ("champion", one["champion"]),
        ("challenger", one["challenger"]),
        ("compared decisions", f"{one['decisions']}"),
        ("skipped", f"{one['skipped']}{reasons(one['skip_reasons'])}"),
        ("faults of the challenger", f"{one['faults']}{reasons(one['fault_kinds'])}"),
        ("disagreement", "–" if one["disagreement"] is None else f"{100 * one['disagreement']:.2f} %"),
    ]
    if any(one["alarms"].values()):
        rows.append(
            ("alarms", f"{one['alarms']['champion']} by the champion, {one['alarms']['challenger']} by the other")
        )
    for who, horizons in one["horizons"].items():
        if any(row["count"] for row in horizons):
            said = "; ".join(
                f"{row['horizon']} ahead {100 * row['misses']:.1f} %" for row in horizons if row["misses"] is not None
            )
            rows.append((f"outside the {who}'s band", said))
    return rows


Bars: TypeAlias = list[tuple[str, str, float]]
"""Label, whose, how much."""


def _errors(one: Comparison) -> Bars:
    by_horizon = zip(one["horizons"]["champion"], one["horizons"]["challenger"], strict=True)
    return [
        (f"{row['horizon']} periods ahead", who, row["mae"])
        for pair in by_horizon
        for who, row in zip(COLOURS, pair, strict=True)
        if row["mae"] is not None
    ]


def _times(one: Comparison) -> tuple[str, Bars]:
    bars = [
        (quantile, who, one["time_us"][who][quantile])
        for quantile in ("p50", "p99")
        for who in COLOURS
        if one["time_us"][who][quantile] is not None
    ]
    return "Time, microseconds", bars


def _bars(bars: Bars) -> str:
    longest = max((value for _, _, value in bars), default=0.0) or 1.0
    drawn, before = "", ""
    for number, (label, who, value) in enumerate(bars):
        y, wide = number * ROW, value / longest * (WIDTH - LABEL - NUMBER)
        named = f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{html.escape(label)}</text>'
        drawn += (
            (named if label != before else "")
            + f'<rect x="{LABEL}" y="{y + 4}" width="{wide:.1f}" height="{ROW - 8}" fill="{COLOURS[who]}"/>'
            + f'<text x="{LABEL + wide + 6:.1f}" y="{y + 16}">{value:.4g}</text>'
        )
        before = label
    return f'<svg viewBox="0 0 {WIDTH} {len(bars) * ROW}" role=img>{drawn}</svg>'
