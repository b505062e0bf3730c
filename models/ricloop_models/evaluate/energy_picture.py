"""One page with the curves of an evaluation of energy saving: what each policy saves for what it loses.

python -m ricloop_models.evaluate.energy_picture energy.json -o energy.html

`energy.json` is what `ricloop models evaluate energy-saving --json` wrote. The page needs nothing but a browser.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable
from ricloop_models.evaluate.frontier import Point, frontier

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 520, 340, 52, 44, 30, 16
MOST_LOST = 2.0
"""Percent of traffic at the right edge: what loses more is no saving."""
BEND = 0.1
"""Percent up to which the axis is nearly linear: the mark lies there."""
COLOURS = ("#0b63c5", "#c2410c", "#15803d", "#7e22ce", "#737373")
STYLE = (
    "body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;color:#222}figure{display:inline-block;margin:0 1rem 1rem 0}"
)


def page(curves: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]) -> str:
    """HTML; `curves` as in the evaluation's `figures`: title → family → points with `dial`, `lost` and `saved`."""
    charts = "".join(f"<figure>{_chart(title, families)}</figure>" for title, families in curves.items())
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Energy saving</title><style>{STYLE}</style>"
        "<h1>What policies save for what they lose</h1><p>Each curve is a policy's frontier over its dial. Dashed: the "
        f"clairvoyant plan, which loses nothing. Dotted: {BEND:g} % lost.</p>{charts}</html>\n"
    )


def _chart(title: str, families: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    points = {name: _points(family) for name, family in families.items() if name != "clairvoyant"}
    best = float(families["clairvoyant"][0]["saved"])
    top = 1.05 * max([best, *(p.saved for curve in points.values() for p in curve)])
    parts = [f"<text x='{LEFT}' y='18' font-weight='600'>{escape(title)}</text>", _axes(top)]
    parts.append(_line([(0, best), (MOST_LOST, best)], top, "#222", "6 4"))
    parts.append(_line([(BEND, 0), (BEND, top)], top, "#999", "2 3"))
    for at, (name, curve) in enumerate(points.items()):
        colour = COLOURS[at % len(COLOURS)]
        steps = [xy for p, after in zip(curve, [*curve[1:], None], strict=True) for xy in _step(p, after)]
        parts.append(_line(steps, top, colour))
        parts += [f"<circle cx='{_x(p.lost):.1f}' cy='{_y(p.saved, top):.1f}' r='2.2' fill='{colour}'/>" for p in curve]
        row = HEIGHT - BOTTOM - 12 - 16 * (len(points) - 1 - at)
        parts.append(f"<text x='{WIDTH - RIGHT - 8}' y='{row}' text-anchor='end' fill='{colour}'>{escape(name)}</text>")
    size = f"width='{WIDTH}' height='{HEIGHT}' viewBox='0 0 {WIDTH} {HEIGHT}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size} font-size='12'>{''.join(parts)}</svg>"


def _points(family: Sequence[Mapping[str, Any]]) -> list[Point]:
    found = frontier([Point(str(p["dial"]), max(float(p["lost"]), 0.0), float(p["saved"])) for p in family])
    return [point for point in found if point.lost <= MOST_LOST]


def _step(point: Point, after: Point | None) -> list[tuple[float, float]]:
    """What is saved at a loss is saved at each greater one, until something saves more."""
    return [(point.lost, point.saved), (after.lost if after else MOST_LOST, point.saved)]


def _axes(top: float) -> str:
    across = "".join(
        f"<text x='{_x(lost):.1f}' y='{HEIGHT - BOTTOM + 16}' text-anchor='middle'>{lost:g}</text>"
        for lost in (0, 0.05, 0.1, 0.5, 1, 2)
    )
    up = "".join(
        f"<text x='{LEFT - 6}' y='{_y(top * part, top) + 4:.1f}' text-anchor='end'>{top * part:.1f}</text>"
        for part in (0, 0.25, 0.5, 0.75)
    )
    frame = f"M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"
    middle = (LEFT + WIDTH - RIGHT) / 2
    words = f"<text x='{middle}' y='{HEIGHT - 8}' text-anchor='middle'>% of traffic lost</text>"
    words += f"<text x='{LEFT + 4}' y='{TOP + 8}'>% of energy saved</text>"
    return f"<path d='{frame}' fill='none' stroke='#222'/>{across}{up}{words}"


def _line(points: Sequence[tuple[float, float]], top: float, colour: str, dash: str = "none") -> str:
    drawn = " ".join(f"{_x(lost):.1f},{_y(saved, top):.1f}" for lost, saved in points)
    return f"<polyline points='{drawn}' fill='none' stroke='{colour}' stroke-width='1.6' stroke-dasharray='{dash}'/>"


def _x(lost: float) -> float:
    """Small losses are what matters: loss / (loss + bend)."""
    share = lost / (lost + BEND) * (MOST_LOST + BEND) / MOST_LOST
    return LEFT + share * (WIDTH - RIGHT - LEFT)


def _y(saved: float, top: float) -> float:
    return HEIGHT - BOTTOM - saved / top * (HEIGHT - BOTTOM - TOP)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ricloop_models.evaluate.energy_picture", description=__doc__)
    parser.add_argument("json", type=Path, help="what `ricloop models evaluate energy-saving --json` wrote")
    parser.add_argument("-o", "--out", type=Path, default=Path("energy.html"), help="the page to write")
    given = parser.parse_args()
    try:
        curves = json.loads(given.json.read_text(encoding="utf-8"))["figures"]["curves"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{given.json}: not the figures of an evaluation of energy saving: {error!r}") from error
    check_writable(given.out, "--out")
    given.out.write_text(page(curves), encoding="utf-8")


if __name__ == "__main__":
    main()
