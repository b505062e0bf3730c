"""Files that a run will write are looked at before it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_replaceable


def test_a_file_takes_the_place_of_no_device(tmp_path: Path) -> None:
    pipe, file = tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match=r"--checkpoint .*pipe: that is a device or a pipe"):
        check_replaceable(pipe, "--checkpoint")
    check_replaceable(file, "--checkpoint")
    file.touch()
    check_replaceable(file, "--checkpoint")
