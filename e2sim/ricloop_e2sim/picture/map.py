"""The upper half of a sheet: coverage, sites and users on a map, and how loaded each cell was."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.picture.coverage import Served
from ricloop_e2sim.picture.frames import affected
from ricloop_e2sim.picture.recorded import Recorded
from ricloop_e2sim.picture.symbols import (
    LEAST_MBPS,
    LEAST_SINR_DB,
    MIDDLE,
    MOST_MBPS,
    MOST_SINR_DB,
    Symbols,
    symbols,
)

MOST_NAMES = 61
"""Sites that have their names on a map; more would cover each other."""
MOST_BARS = 40
"""Cells whose loads are shown, the busiest ones."""
OUT, TROUBLE, INK, IDLE = "#7d8ca3", "#d92d20", "#1d2433", "#9aa3b2"


def paint_map(figure: Any, place: list[float], run: Recorded) -> None:
    """Coverage at the run's mean load and the states at its end; users where they are then."""
    frames, area = run.frames, run.deployment.area
    looks = symbols(run.deployment)
    axes = figure.add_axes(place)
    served = run.coverage.served(frames.use.mean(axis=0), frames.transmit[-1], frames.noise_db[-1], frames.barred[-1])
    extent = (area.west, area.east, area.south, area.north)
    axes.imshow(_colours(served, looks), origin="lower", extent=extent, interpolation="bilinear")
    _wedges(axes, run, looks)
    dots = _users(axes, run)
    axes.set(xlim=extent[:2], ylim=extent[2:], xlabel="east, m", ylabel="north, m")
    axes.set_title(
        f"Best server (hue) and SINR (dark {LEAST_SINR_DB:g} dB to bright {MOST_SINR_DB:g} dB) "
        f"at {frames.time_s[-1]:g} s\n"
        "Wedge: a cell's PRB use then; grey: out of service, red rim: anomaly. Small grey dot: idle user",
        loc="left",
        size=9.5,
    )
    bar = figure.colorbar(dots, ax=axes, fraction=0.03, pad=0.015, extend="both")
    bar.set_label("throughput of a user over the run, Mbit/s")
    ticks = [value for value in (0.01, 0.1, 1, 10, 100, 1000) if LEAST_MBPS <= value <= MOST_MBPS]
    bar.set_ticks(ticks, labels=[f"{value:g}" for value in ticks])


def _colours(served: Served, looks: Symbols) -> Floats:
    """[ny, nx, 3] red, green, blue: hue by cell, brightness by SINR, grey where nothing is heard."""
    hsv = import_module("matplotlib.colors").hsv_to_rgb
    bright = np.clip((served.sinr_db - LEAST_SINR_DB) / (MOST_SINR_DB - LEAST_SINR_DB), 0, 1)
    hue = np.append(looks.hue_deg / 360, 0.0)[served.best]
    colour = np.stack((hue, 0.50 - 0.25 * bright, 0.42 + 0.56 * bright), axis=-1)
    colour[served.best < 0] = (0.0, 0.0, 0.2)
    return np.asarray(hsv(colour), dtype=np.float64)


def _wedges(axes: Any, run: Recorded, looks: Symbols) -> None:
    wedge = import_module("matplotlib.patches").Wedge
    plan, frames = run.deployment.plan, run.frames
    ill = {
        cell
        for one in run.scenario.impairments
        if one.start_s < frames.time_s[-1] <= one.end_s
        for cell in affected(one, run.deployment).tolist()
    }
    for cell, site in enumerate(plan.site.tolist()):
        middle = (plan.x_m[site], plan.y_m[site])
        ends = (looks.start_deg[cell], looks.start_deg[cell] + looks.width_deg[cell])
        radius, inner = looks.radius_m, MIDDLE * looks.radius_m
        out = not frames.serves[-1, cell]
        edge = TROUBLE if cell in ill else INK
        axes.add_patch(
            wedge(middle, radius, *ends, width=radius - inner, facecolor=OUT if out else "white", alpha=0.75)
        )
        filled = inner + (radius - inner) * float(frames.use[-1, cell])
        if filled > inner:
            axes.add_patch(wedge(middle, filled, *ends, width=filled - inner, facecolor=INK))
        axes.add_patch(
            wedge(middle, radius, *ends, width=radius - inner, fill=False, edgecolor=edge, lw=2 if cell in ill else 1)
        )
    few = len(plan.x_m) <= MOST_NAMES
    axes.plot(plan.x_m, plan.y_m, "^", color=INK, ms=7 if few else 3, mec="white", mew=0.8 if few else 0.3)
    if not few:
        return
    for name, x, y in zip(run.deployment.names, plan.x_m, plan.y_m, strict=True):
        axes.annotate(
            name, (x, y), (0, -6), textcoords="offset points", ha="center", va="top", size=7, color=INK, weight="bold"
        )


def _users(axes: Any, run: Recorded) -> Any:
    colours = import_module("matplotlib.colors")
    frames = run.frames
    span = np.diff(frames.time_s, prepend=0.0)
    mean = (frames.user_mbps * span[:, np.newaxis]).sum(axis=0) / span.sum()
    x, y = frames.xy[-1].T
    busy = frames.serving[-1] >= 0
    axes.scatter(x[~busy], y[~busy], s=12, c=IDLE, edgecolors="white", linewidths=0.5, zorder=3)
    return axes.scatter(
        x[busy],
        y[busy],
        s=34,
        c=np.maximum(mean[busy], LEAST_MBPS / 10),
        norm=colours.LogNorm(LEAST_MBPS, MOST_MBPS),
        cmap="plasma",
        edgecolors="white",
        linewidths=0.8,
        zorder=4,
    )


def paint_loads(figure: Any, place: list[float], run: Recorded) -> None:
    """A bar per cell: its mean PRB use, and a mark at its greatest."""
    axes = figure.add_axes(place)
    use, titles = 100 * run.frames.use, run.deployment.titles
    mean, most = use.mean(axis=0), use.max(axis=0)
    shown = np.sort(np.argsort(-mean, kind="stable")[:MOST_BARS])
    rows = np.arange(len(shown))
    axes.barh(rows, mean[shown], color="#3b6fd4", height=0.7)
    axes.plot(most[shown], rows, "|", color=INK, ms=10, mew=2)
    axes.set_yticks(rows, [titles[cell].replace("$", r"\$") for cell in shown], size=8)
    axes.set(xlim=(0, 102), ylim=(len(shown) - 0.4, -0.6), xlabel="PRB use, %")
    which = "All cells" if len(shown) == len(titles) else f"{len(shown)} busiest of {len(titles)} cells"
    axes.set_title(f"{which}: mean, | greatest", loc="left", size=11)
    axes.grid(axis="x", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
