"""Every service model of the registry keeps its contract."""

from __future__ import annotations

import pytest

from ricloop.e2sm.registry import SERVICE_MODELS
from ricloop.testing.service_model import check_service_model


@pytest.mark.parametrize("name", SERVICE_MODELS)
def test_a_service_model_keeps_its_contract(name: str) -> None:
    assert SERVICE_MODELS[name].name == name
    check_service_model(SERVICE_MODELS[name])
