"""Where the extra `rpc` is not installed, the way out is named."""

from __future__ import annotations

import sys

import pytest

from ricloop.core.errors import ConfigError
from ricloop.rpc.extra import require


@pytest.mark.parametrize("module", ["grpc", "google.protobuf"])
def test_what_is_missing_is_named_with_the_way_to_install_it(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    require()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"need {module} .*: pip install 'ricloop\[rpc\]'"):
        require()
