"""A picture on one sheet: the map at the end of a run, the loads of its cells, and its course below."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop_e2sim.picture.course import paint_course
from ricloop_e2sim.picture.headline import headline, subtitle
from ricloop_e2sim.picture.map import paint_loads, paint_map
from ricloop_e2sim.picture.recorded import Recorded

WIDTH_PX, HEIGHT_PX = 1600, 1800
_DPI = 100


def require() -> None:
    """Raises ConfigError that says how to install what a PNG needs."""
    try:
        import_module("matplotlib")
    except ImportError as error:
        raise ConfigError(
            f"a PNG picture needs matplotlib ({error}): pip install 'ricloop[picture]', or write a .html file instead"
        ) from None


def paint(run: Recorded) -> bytes:
    """The PNG file, `WIDTH_PX` by `HEIGHT_PX`. Raises ConfigError where matplotlib is not installed."""
    require()
    figure: Any = import_module("matplotlib.figure").Figure(
        figsize=(WIDTH_PX / _DPI, HEIGHT_PX / _DPI), dpi=_DPI, facecolor="white"
    )
    import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    figure.text(0.04, 0.98, _plain(run.scenario.title), size=20, weight="bold", va="center")
    figure.text(0.04, 0.9615, _plain(subtitle(run.result)), size=12, color="#555555", va="center")
    for number, (title, value, unit) in enumerate(headline(run.result)):
        x, y = 0.04 + number % 6 * 0.157, 0.937 - number // 6 * 0.034
        figure.text(x, y, f"{value} {unit}".strip(), size=14, weight="bold", va="center")
        figure.text(x, y - 0.0125, title, size=9.5, color="#555555", va="center")
    paint_map(figure, [0.065, 0.455, 0.60, 0.405], run)
    paint_loads(figure, [0.765, 0.455, 0.195, 0.405], run)
    paint_course(figure, (0.10, 0.035, 0.86, 0.36), run)
    file = BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _plain(text: str) -> str:
    """A scenario's words as they are: no mathematics between dollar signs."""
    return text.replace("$", r"\$")
