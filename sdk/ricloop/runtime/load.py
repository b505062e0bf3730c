"""Finds what the command line names: xApps, a topology file."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from ricloop.app import XApp
from ricloop.core.errors import ConfigError, RicloopError, nearest
from ricloop.decide.topology import Topology

GROUP = "ricloop.xapps"
"""Entry-point group of installed xApps."""


def xapp_class(name: str) -> type[XApp[Any]]:
    """An installed xApp by its name, or `module:Class`. Raises ConfigError with the nearest known name."""
    installed = {entry.name: entry.value for entry in entry_points(group=GROUP)}
    target = installed.get(name, name)
    if ":" not in target:
        listed = ", ".join(sorted(installed)) or "none"
        raise ConfigError(
            f"no xApp is called '{name}'.{nearest(name, installed)} Installed: {listed}; or write module:Class"
        )
    module_name, _, class_name = target.partition(":")
    if not module_name or not class_name:
        raise ConfigError(f"xApp '{name}': write module:Class, as my_package.my_module:MyXApp")
    if target == name and "" not in sys.path:
        # A class of one's own lies where one works, as for `python -m`.
        sys.path.insert(0, "")
    try:
        module = import_module(module_name)
    except RicloopError as error:
        raise ConfigError(f"xApp '{name}': importing {module_name} failed: {error}") from error
    except Exception as error:
        raise ConfigError(f"xApp '{name}': importing {module_name} failed: {type(error).__name__}: {error}") from error
    found = getattr(module, class_name, None)
    if found is None:
        classes = [key for key, value in vars(module).items() if _is_xapp(value)]
        raise ConfigError(
            f"xApp '{name}': {module_name} has no class '{class_name}'.{nearest(class_name, classes)}"
            f" Its xApps: {', '.join(classes) or 'none'}"
        )
    if not _is_xapp(found):
        raise ConfigError(f"xApp '{name}': {module_name}.{class_name} is no subclass of ricloop.XApp")
    loaded: type[XApp[Any]] = found
    if not loaded.handlers():
        raise ConfigError(f"xApp '{name}': {class_name} has no method marked with @on, so nothing would start it")
    return loaded


def topology_file(path: Path) -> Topology:
    """Read a topology file. Raises ConfigError that names the file, and the key where it can."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"topology file {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"topology file {path} is not JSON: {error}; `ricloop sim topology` writes one") from error
    return Topology.of(data, str(path))


def _is_xapp(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, XApp) and value is not XApp
