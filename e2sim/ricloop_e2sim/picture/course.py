"""The lower half of a sheet: every cell's PRB use over time, with sleep and anomalies, and the network's sums."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from ricloop_e2sim.picture.frames import affected
from ricloop_e2sim.picture.map import OUT, TROUBLE
from ricloop_e2sim.picture.recorded import Recorded

MOST_LABELS = 24


def paint_course(figure: Any, place: tuple[float, float, float, float], run: Recorded) -> None:
    """Time from left to right, the same in all strips."""
    left, bottom, width, height = place
    frames = run.frames
    heat = figure.add_axes([left, bottom + 0.44 * height, width, 0.56 * height])
    _heat(figure, heat, run)
    sums = (
        ("Mbit/s", "throughput", frames.mbps.sum(axis=1), "#3b6fd4"),
        ("users", "connected users", frames.connected.sum(axis=1), "#1f9d6b"),
        ("kW", "power", frames.power_w.sum(axis=1) / 1e3, "#c2600c"),
    )
    for number, (unit, name, values, colour) in enumerate(sums):
        axes = figure.add_axes([left, bottom + (0.27 - 0.135 * number) * height, width, 0.11 * height], sharex=heat)
        axes.fill_between(frames.time_s, values, color=colour, alpha=0.2, lw=0)
        axes.plot(frames.time_s, values, color=colour, lw=1.5)
        axes.set_ylim(0, max(float(values.max()), 1e-9) * 1.45)
        axes.set_ylabel(unit, size=9)
        axes.text(0.005, 0.93, name, transform=axes.transAxes, size=9, va="top", color="#333333")
        axes.tick_params(labelsize=8, labelbottom=number == len(sums) - 1)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[-1].set_xlabel("simulated time, s")


def _heat(figure: Any, axes: Any, run: Recorded) -> None:
    frames, titles = run.frames, run.deployment.titles
    cells = len(titles)
    edges = np.concatenate(([0.0], frames.time_s))
    rows = np.arange(cells + 1) - 0.5
    colours = import_module("matplotlib.colors").ListedColormap([OUT])
    image = axes.pcolormesh(edges, rows, 100 * frames.use.T, cmap="YlGnBu", vmin=0, vmax=100)
    asleep = np.ma.masked_equal(~frames.serves.T, False)
    axes.pcolormesh(edges, rows, asleep, cmap=colours)
    rectangle = import_module("matplotlib.patches").Rectangle
    for one in run.scenario.impairments:
        if one.start_s >= edges[-1]:
            continue
        touched = affected(one, run.deployment)
        end = min(one.end_s, edges[-1])
        first, last = float(touched.min()) - 0.5, float(touched.max()) + 0.5
        corner = (one.start_s, first)
        under = first < 0.05 * cells
        axes.add_patch(rectangle(corner, end - one.start_s, last - first, fill=False, ec=TROUBLE, lw=2, zorder=3))
        axes.annotate(
            one.kind, (one.start_s, last if under else first), (3, -3 if under else 2), textcoords="offset points",
            size=8, color="white", va="top" if under else "bottom", zorder=4,
            bbox={"facecolor": TROUBLE, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    every = -(-cells // MOST_LABELS)
    axes.set_yticks(range(0, cells, every), [title.replace("$", r"\$") for title in titles[::every]], size=7.5)
    axes.set(xlim=(0, edges[-1]), ylim=(cells - 0.5, -0.5))
    axes.tick_params(labelbottom=False)
    axes.set_title(
        "PRB use of every cell, % (grey: asleep or out of service; red: a planned anomaly)", loc="left", size=11, y=1.0
    )
    inset = axes.inset_axes([0.80, 1.025, 0.20, 0.03])
    bar = figure.colorbar(image, cax=inset, orientation="horizontal")
    bar.ax.xaxis.set_ticks_position("top")
    bar.set_ticks([0, 50, 100], labels=["0", "50", "100 %"])
    bar.ax.tick_params(labelsize=8, pad=1)
