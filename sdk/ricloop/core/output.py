"""Files that a run will write: looked at before the run, so that nothing is lost after it."""

from __future__ import annotations

from pathlib import Path

from ricloop.core.errors import ConfigError


def check_writable(path: Path | None, option: str) -> None:
    """Raises ConfigError for a path that cannot become a file: a folder, or one in no folder. None is fine."""
    if path is None:
        return
    if path.is_dir():
        raise ConfigError(f"{option} {path}: that is a folder; give a file in it")
    if not path.parent.is_dir():
        raise ConfigError(f"{option} {path}: there is no folder {path.parent}")


def check_replaceable(path: Path | None, option: str) -> None:
    """As `check_writable`, of a file that a whole one is put in the place of: a device would be gone after it."""
    check_writable(path, option)
    if path is not None and path.exists() and not path.is_file():
        raise ConfigError(
            f"{option} {path}: that is a device or a pipe, which a file would take the place of; give a file"
        )


def make_folder(path: Path, option: str) -> None:
    """Make a folder for what a run keeps. Raises ConfigError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise ConfigError(f"{option} {path}: that is a file; give a folder") from error
    except OSError as error:
        raise ConfigError(f"{option} {path}: {error.strerror}") from error
