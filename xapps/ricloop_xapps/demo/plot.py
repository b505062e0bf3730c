"""Curves over simulated time as SVG, with what happened meanwhile as shades behind them."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 900, 200, 96, 24, 18
PALETTE = ("#0a7d4f", "#8c959f", "#b35900")
SHADES = ("#0969da", "#bf8700", "#cf222e")


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, in seconds of simulated time."""

    name: str
    begin_s: float
    end_s: float


def plot(time: Sequence[float], unit: str, lines: Mapping[str, Sequence[float]], spans: Sequence[Span] = ()) -> str:
    """A key and a picture; one colour per name of `lines`, and of `spans`."""
    top = _round_up(max((max(values, default=0.0) for values in lines.values()), default=0.0))
    end = max(time, default=0.0) or 1.0

    def x_of(t: float) -> float:
        return LEFT + min(max(t / end, 0.0), 1.0) * (WIDTH - LEFT - 8)

    def y_of(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP)

    drawn = "".join(_shade(span, colour, x_of) for span, colour in _coloured(spans)) + _grid(unit, top, end, x_of, y_of)
    key = ""
    for (name, values), colour in zip(lines.items(), PALETTE, strict=False):
        points = " ".join(f"{x_of(t):.1f},{y_of(v):.1f}" for t, v in zip(time, values, strict=True))
        drawn += f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{points}"/>'
        key += f'<b style="background:{colour}"></b>{html.escape(name)}'
    for name, colour in {span.name: colour for span, colour in _coloured(spans)}.items():
        key += f'<b class=shade style="background:{colour}"></b>{html.escape(name)}'
    return f'<div class=key>{key}</div><svg viewBox="0 0 {WIDTH} {HEIGHT}" role=img>{drawn}</svg>'


def _coloured(spans: Sequence[Span]) -> list[tuple[Span, str]]:
    names = list(dict.fromkeys(span.name for span in spans))
    return [(span, SHADES[names.index(span.name) % len(SHADES)]) for span in spans]


def _shade(span: Span, colour: str, x_of: Callable[[float], float]) -> str:
    begin, end = x_of(span.begin_s), x_of(span.end_s)
    return (
        f'<rect x="{begin:.1f}" width="{max(end - begin, 1.0):.1f}" y="{TOP}" height="{HEIGHT - BOTTOM - TOP}" '
        f'fill="{colour}" fill-opacity="0.12"/>'
    )


def _grid(unit: str, top: float, end: float, x_of: Callable[[float], float], y_of: Callable[[float], float]) -> str:
    grid = ""
    for share in (0.0, 0.5, 1.0):
        y = y_of(share * top)
        grid += (
            f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{y:.0f}" y2="{y:.0f}" stroke="#d0d7de"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{share * top:.4g} {html.escape(unit)}</text>'
        )
    step = _round_up(end / 2) / 2
    for at in (number * step for number in range(int(end / step) + 1)):
        anchor = "end" if x_of(at) > WIDTH - 24 else "middle"
        grid += f'<text x="{x_of(at):.0f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{_clock(at)}</text>'
    return grid


def _clock(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 600 else f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"


def _round_up(value: float) -> float:
    """The end of an axis on which nothing lies higher, half of which is a number that reads well."""
    if value <= 0:
        return 2.0
    unit: float = 10.0 ** math.floor(math.log10(value / 2))
    return next(2 * unit * step for step in (1, 2, 3, 5, 10) if 2 * unit * step >= value)
