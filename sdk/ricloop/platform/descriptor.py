"""An xApp's descriptor, as O-RAN SC's app manager reads it (`config-file.json`), and the schema of its settings.

Both come from the class. What is said of RMR is what `ricloop xapp --rmr` really speaks: it answers health checks.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticSerializationError

from ricloop.app import XApp
from ricloop.app.needs import policy_type
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Policy
from ricloop.platform import rmr
from ricloop.platform.draft07 import draft07
from ricloop.platform.xappmetrics import XAppMetrics

CONFIG_FILE, SCHEMA_FILE = "config-file.json", "schema.json"
HTTP_PORT, RMR_PORT, ROUTE_PORT = 8080, 4560, 4561
ALIVE, READY, CONFIG = "/ric/v1/health/alive", "/ric/v1/health/ready", "/ric/v1/config"
REGISTRY = "docker.io"
"""Where an image is whose name does not say."""
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,40}[a-z0-9])?")
"""A Service's name holds at most 63 characters, of which `service-ricxapp--http` takes 21."""
_REGISTRY = re.compile(r"[A-Za-z0-9.-]+\.[A-Za-z]+(:\d+)?")
_VERSION = re.compile(r"(?:\d+!)?(\d+(?:\.\d+)*)(?:(a|b|rc)(\d+))?(?:\.post(\d+))?(?:\.dev(\d+))?(?:\+([0-9a-z.]+))?")


@dataclass(frozen=True, slots=True)
class Image:
    """A container image by tag."""

    registry: str
    name: str
    tag: str

    @classmethod
    def parse(cls, text: str) -> Image:
        """Of REGISTRY/NAME:TAG, or NAME:TAG in the registry `docker.io`. Raises ConfigError."""
        first, slash, rest = text.partition("/")
        named = bool(slash) and bool(set(".:") & set(first) or first == "localhost")
        registry, path = (first, rest) if named else (REGISTRY, text)
        name, colon, tag = path.rpartition(":")
        if not colon or not re.fullmatch(r"[\w][\w./-]*", name) or not re.fullmatch(r"[\w][\w.-]{0,127}", tag):
            raise ConfigError(f"--image {text}: write REGISTRY/NAME:TAG, as docker.io/ricloop/xapp:0.1.0")
        if not _REGISTRY.fullmatch(registry):
            raise ConfigError(
                f"--image {text}: the app manager takes no registry '{registry}': write the name of a host with a dot,"
                " as registry.example.org:5000"
            )
        return cls(registry, name, tag)


def version_of(cls: type[XApp[Any]]) -> str:
    """Of the distribution that ships the class, as a semantic version; 0.0.0 where no installed one names it in its
    entry points."""
    package = cls.__module__.partition(".")[0]
    for entry in entry_points(group="ricloop.xapps"):
        if entry.module.partition(".")[0] == package and entry.dist is not None:
            return semantic(entry.dist.version)
    return "0.0.0"


def semantic(version: str) -> str:
    """A Python version (PEP 440) as a semantic one: `1.2rc1` is `1.2.0-rc.1`. Raises ConfigError for none."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ConfigError(f"version {version}: it is none of PEP 440, as 1.2.0")
    release, stage, number, post, dev, local = found.groups()
    numbers = [str(int(part)) for part in [*release.split("."), "0", "0"][:3]]
    before = [f"{stage}.{int(number)}"] if stage else []
    before += [f"dev.{int(dev)}"] if dev else []
    build = [f"post.{int(post)}"] if post else []
    build += [local] if local else []
    return ".".join(numbers) + (f"-{'.'.join(before)}" if before else "") + (f"+{'.'.join(build)}" if build else "")


def descriptor(cls: type[XApp[Any]], image: Image | None = None) -> dict[str, Any]:
    """`config-file.json` of an xApp. Raises ConfigError for one that no platform could name or configure.

    A policy type with a number for its name is in `policies`, as the platform's ids are numbers; the names of all of
    them are in `a1PolicyTypes`.
    """
    name, version = cls.name, version_of(cls)
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"xApp '{name}': a platform makes names of hosts of it: at most 42 small letters, digits and dashes,"
            " beginning with a letter"
        )
    image = image or Image(REGISTRY, "ricloop/xapp", version)
    needs = [need for handler in cls.handlers() for need in handler.needs]
    types = sorted({policy_type(need).name for need in needs if isinstance(need, Policy)})
    spoken = {
        "txMessages": list(rmr.SENT),
        "rxMessages": list(rmr.READ),
        "policies": [int(of) for of in types if of.isascii() and of.isdecimal()],
    }
    return {
        "xapp_name": name,
        "version": version,
        "containers": [
            {"name": name, "image": {"registry": image.registry, "name": image.name, "tag": image.tag}},
        ],
        "livenessProbe": _probe(ALIVE),
        "readinessProbe": _probe(READY),
        "messaging": {
            "ports": [
                _port(name, "http", HTTP_PORT, "health, configuration and metrics"),
                _port(name, "rmrdata", RMR_PORT, "RMR: health checks are answered, nothing else is") | spoken,
                _port(name, "rmrroute", ROUTE_PORT, "RMR's route tables: not read, as nothing is sent by them"),
            ]
        },
        "rmr": {"protPort": f"tcp:{RMR_PORT}", "maxSize": rmr.MAX_MESSAGE, "numWorkers": 1, **spoken},
        "a1PolicyTypes": types,
        "metrics": _metrics(name),
        "controls": controls(cls),
    }


def controls(cls: type[XApp[Any]]) -> dict[str, Any]:
    """The defaults of its settings. Raises ConfigError for one that has none, or that JSON cannot carry."""
    try:
        return cls.settings_type().model_dump(mode="json")
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"]))
        raise ConfigError(f"xApp '{cls.name}': its setting '{key}' has no good default, and a descriptor needs one: "
                          f"{error.errors()[0]['msg']}") from error  # fmt: skip
    except PydanticSerializationError as error:
        raise ConfigError(f"xApp '{cls.name}': a default of its settings is nothing that JSON has: {error}") from error


def controls_schema(cls: type[XApp[Any]]) -> dict[str, Any]:
    """`schema.json` of an xApp: what `controls` may hold, in draft-07; closed, with what each setting means."""
    schema = cls.settings_type.model_json_schema(schema_generator=_Untitled)
    return draft07({**schema, "title": f"Settings of the xApp {cls.name}"})


def write_descriptor(cls: type[XApp[Any]], folder: Path, image: Image | None = None) -> tuple[Path, Path]:
    """Write both files into a folder that is there, and say where they are. Raises ConfigError."""
    files = folder / CONFIG_FILE, folder / SCHEMA_FILE
    for file, value in zip(files, (descriptor(cls, image), controls_schema(cls)), strict=True):
        try:
            file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--out {file}: {error.strerror}") from error
    return files


def read_descriptor(path: Path, xapp: str) -> dict[str, Any]:
    """The descriptor of this xApp at `path`: the file, or the folder that it is in. Raises ConfigError."""
    file = path / CONFIG_FILE if path.is_dir() else path
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"descriptor {file}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"descriptor {file} is not JSON: {error}") from error
    if not isinstance(read, dict) or not isinstance(read.get("controls", {}), dict):
        raise ConfigError(f"descriptor {file}: it is a JSON object, and its 'controls' are another")
    if (told := read.get("xapp_name", read.get("name"))) != xapp:
        raise ConfigError(f"descriptor {file} is of the xApp {told!r}, and this is '{xapp}'")
    return read


class _Untitled(GenerateJsonSchema):
    """A setting's name is title enough."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": HTTP_PORT}, "initialDelaySeconds": 5, "periodSeconds": 5}


def _port(container: str, name: str, port: int, text: str) -> dict[str, Any]:
    return {"name": name, "container": container, "port": port, "description": text}


def _metrics(xapp: str) -> list[dict[str, str]]:
    return [
        {
            "objectName": "xapp",
            "objectInstance": xapp,
            "name": f"{family.name}_total" if family.type == "counter" else family.name,
            "type": family.type,
            "description": family.documentation,
        }
        for family in XAppMetrics(xapp).metrics()
    ]
