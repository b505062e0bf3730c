"""How far an xApp may go."""

from __future__ import annotations

from enum import Enum

from ricloop.core.errors import ConfigError, nearest


class Stage(Enum):
    """Per xApp."""

    OFF = "off"
    """Not called; what arrives for it alone is counted as refused."""
    SHADOW = "shadow"
    """Decides, and its decisions are audited; nothing is sent."""
    ACTIVE = "active"

    @classmethod
    def parse(cls, text: str) -> Stage:
        """Raises ConfigError with the nearest right word."""
        words = [stage.value for stage in cls]
        if text not in words:
            raise ConfigError(f"stage '{text}' is none of {', '.join(words)}.{nearest(text, words)}")
        return cls(text)
