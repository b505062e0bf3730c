"""The input that CCC offers an xApp: the state of its cells, whenever it changes."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed
from ricloop.e2sm.ccc.states import States
from ricloop.e2sm.ccc.structures import EnergySaving


@dataclass(frozen=True, eq=False)
class Watch(Feed[States]):
    """Report of one structure of every cell: all at first, then each change."""

    structure: type[EnergySaving]

    @property
    def title(self) -> str:
        return f"ccc.watch({self.structure.__name__})"


def watch(structure: type[EnergySaving]) -> Feed[States]:
    """The `States` of every cell, from the first report on and after each change: `watch(ccc.EnergySaving)`."""
    if structure is not EnergySaving:
        raise ConfigError(f"ccc.watch reads ccc.EnergySaving, not {structure!r}")
    return Watch(structure)
