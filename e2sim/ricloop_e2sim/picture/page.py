"""A report page: one file that needs no network, with the map over time, every cell's numbers and the run's KPIs.

The page computes coverage itself, from the strongest cells of every point and the loads of the moment, so the map shows
what a sleeping cell leaves and what interference does.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from ricloop_e2sim.picture.headline import headline, subtitle
from ricloop_e2sim.picture.pagedata import page_data
from ricloop_e2sim.picture.recorded import Recorded


def write(run: Recorded) -> bytes:
    """The HTML file, UTF-8."""
    kpis = "\n".join(
        f"<div><b>{escape(f'{value} {unit}'.strip())}</b><span>{escape(title)}</span></div>"
        for title, value, unit in headline(run.result)
    )
    parts = {
        "style": _asset("page.css"),
        "title": escape(run.scenario.title),
        "subtitle": escape(subtitle(run.result)),
        "kpis": kpis,
        "data": page_data(run),
        "script": _asset("page.js"),
    }
    pieces = _asset("page.html").split("{{")
    filled = [parts[name] + rest for name, rest in (piece.split("}}", 1) for piece in pieces[1:])]
    return "".join((pieces[0], *filled)).encode()


def _asset(name: str) -> str:
    return files("ricloop_e2sim.picture").joinpath(name).read_text(encoding="utf-8")
