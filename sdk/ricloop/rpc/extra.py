"""Whether what this folder needs is installed."""

from __future__ import annotations

from importlib import import_module

from ricloop.core.errors import ConfigError


def require() -> None:
    """Raises ConfigError that says how to install what is missing."""
    for module in ("grpc", "google.protobuf"):
        try:
            import_module(module)
        except ImportError as error:
            raise ConfigError(
                f"xApps in processes of their own need {module} ({error}): pip install 'ricloop[rpc]'"
            ) from None
