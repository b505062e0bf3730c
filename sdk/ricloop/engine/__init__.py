"""Runtimes of learned models: a table in, a table out, in buffers made once. `choose` takes the fastest that is right.

No runtime but numpy is imported before an engine of it is made; torch only in `torch_*.py`.
"""

from __future__ import annotations

from ricloop.engine.choose import choose
from ricloop.engine.measured import Measured
from ricloop.engine.registry import DEFAULT, ENGINES, make

__all__ = ["DEFAULT", "ENGINES", "Measured", "choose", "make"]
