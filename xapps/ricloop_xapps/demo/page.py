"""A run on one page: an HTML file with its figures and plots, no network needed to open it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ricloop_xapps.demo.series import Series
from ricloop_xapps.demo.show import facts

WIDTH, HEIGHT, LEFT, BOTTOM = 900, 200, 96, 24

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h1{font-size:1.3rem}h2{font-size:1rem;margin:1.6rem 0 .2rem}table{border-collapse:collapse}
td{padding:.15rem 1.2rem .15rem 0;vertical-align:top}td:first-child{color:#57606a}
svg{width:100%;height:auto}text{font:11px system-ui,sans-serif;fill:#57606a}
.key{font-size:.85rem;color:#57606a}.key b{display:inline-block;width:1.2em;height:.25em}
.key b{vertical-align:middle;margin:0 .3em 0 1em}
"""
PALETTE = ("#0a7d4f", "#8c959f", "#b35900")


def write_page(path: Path, title: str, result: Mapping[str, Any], series: Series) -> None:
    """Write the page: the result's figures, then the plots."""
    columns = series.columns
    plots = [
        ("Power", "W", {"controlled": columns["power_w"], "always on": columns["baseline_power_w"]}),
        ("Cells asleep", "", {"asleep": columns["asleep"]}),
        ("Lost traffic", "Mbit/s", {"controlled": columns["lost_mbps"]}),
    ]
    rows = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>" for name, text in facts(result))
    drawn = "".join(f"<h2>{name}</h2>{_plot(series.time_s, unit, lines)}" for name, unit, lines in plots)
    path.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<style>{STYLE}</style><h1>{html.escape(title)}</h1><table>{rows}</table>{drawn}</html>\n"
    )


def _plot(time: Sequence[float], unit: str, lines: Mapping[str, Sequence[float]]) -> str:
    top = max((max(values, default=0.0) for values in lines.values()), default=0.0) * 1.05 or 1.0
    end = max(time, default=0.0) or 1.0

    def point(t: float, value: float) -> str:
        return f"{LEFT + t / end * (WIDTH - LEFT - 8):.1f},{HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - 8):.1f}"

    grid = ""
    for share in (0.0, 0.5, 1.0):
        y = HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 8)
        grid += (
            f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{y:.0f}" y2="{y:.0f}" stroke="#d0d7de"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{share * top:.4g} {html.escape(unit)}</text>'
        )
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = LEFT + share * (WIDTH - LEFT - 8)
        anchor = "end" if share == 1.0 else "middle"
        grid += f'<text x="{x:.0f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{_clock(share * end)}</text>'
    paths, key = "", ""
    for (name, values), colour in zip(lines.items(), PALETTE, strict=False):
        points = " ".join(point(t, v) for t, v in zip(time, values, strict=True))
        paths += f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{points}"/>'
        key += f'<b style="background:{colour}"></b>{html.escape(name)}'
    return f'<div class=key>{key}</div><svg viewBox="0 0 {WIDTH} {HEIGHT}" role=img>{grid}{paths}</svg>'


def _clock(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 600 else f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"
