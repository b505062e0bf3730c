"""Both ends as processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rpc.ends import Ends, ends


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Ends]:
    with ends(tmp_path) as made:
        yield made
