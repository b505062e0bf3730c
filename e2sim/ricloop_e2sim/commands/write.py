"""A file that a sub-command leaves."""

from __future__ import annotations

from pathlib import Path

from ricloop.core.errors import ConfigError


def write(path: Path, text: str, option: str) -> None:
    """Raises ConfigError naming the option, the file and why it cannot be written."""
    try:
        path.write_text(text)
    except OSError as error:
        raise ConfigError(f"{option} {path}: {error.strerror}") from error
