"""Settings: a TOML file with a table per xApp and the table `[ric]`, and `xapp.key=value` over it."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from ricloop.app import Settings, XApp
from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.vendor import Alias, Vendor
from ricloop.e2sm.kpm.metrics import measure
from ricloop.e2sm.kpm.vendors import PROFILES
from ricloop.runtime.energy.cost import CostSettings
from ricloop.runtime.models.detectors import detector

RIC = "ric"
"""The table of the RIC itself."""
RIC_KEYS = ("allow", "dialects", "vendors", "grace_s", "cost", "drift")
COST_LIMITS = {"share": (0.0, 1.0, "0 to 1"), "pue": (1.0, math.inf, "1 or more")}


@dataclass(frozen=True, slots=True)
class Given:
    """One value, and where it was written: `settings.toml:3`, `--set …`."""

    value: Any
    where: str


def build(
    classes: Sequence[type[XApp[Any]]],
    file: Path | None = None,
    overrides: Iterable[str] = (),
    beneath: Mapping[str, Mapping[str, Given]] = MappingProxyType({}),
) -> list[XApp[Any]]:
    """An instance of each class, with its settings: `beneath` by xApp, the file over it, `overrides` over both. Raises
    ConfigError naming place, key and the nearest right one."""
    tables = {name: dict(table) for name, table in beneath.items()}
    for name, read_table in (read(file) if file is not None else {}).items():
        tables[name] = {**tables.get(name, {}), **read_table}
    for text in overrides:
        xapp, key, given = _override(text)
        if xapp.partition(".")[0] == RIC:
            raise ConfigError(f"--set {text}: what is set of the RIC is in the table [ric] of --settings FILE")
        tables.setdefault(xapp, {})[key] = given
    tables.pop(RIC, None)
    names = [cls.name for cls in classes]
    for name, table in tables.items():
        if name not in names:
            where = next((given.where for given in table.values()), str(file))
            raise ConfigError(f"{where}: no xApp '{name}' runs here.{nearest(name, names)} Running: {', '.join(names)}")
    return [cls(settings_of(cls.settings_type, cls.name, tables.get(cls.name, {}))) for cls in classes]


def allowed_nodes(file: Path) -> tuple[str, ...]:
    """`allow` of the table `[ric]`: patterns of node ids. Raises ConfigError."""
    given = _of_ric(file).get("allow", Given([], str(file)))
    if not isinstance(given.value, list) or not all(isinstance(item, str) for item in given.value):
        raise ConfigError(f'{given.where}: ric.allow = {given.value!r}: write a list of node ids, as ["gnb-00101-*"]')
    return tuple(given.value)


def grace_s(file: Path) -> float | None:
    """`grace_s` of the table `[ric]`: for how many seconds the subscriptions of an xApp in another process are kept
    while it is away; None where the file does not say. Raises ConfigError."""
    given = _of_ric(file).get("grace_s")
    if given is None:
        return None
    value = given.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ConfigError(f"{given.where}: ric.grace_s = {value!r}: write seconds, 0 to 3600")
    return float(value)


def cost(file: Path | None) -> CostSettings:
    """The table `[ric.cost]`: what computing takes and costs. Raises ConfigError."""
    given = Given({}, "") if file is None else _of_ric(file).get("cost", Given({}, str(file)))
    if not isinstance(given.value, dict):
        raise ConfigError(f"{given.where}: ric.cost = {given.value!r}: write a table, as [ric.cost] cpu_watts = 8.0")
    known = [field.name for field in fields(CostSettings)]
    for key, value in given.value.items():
        if key not in known:
            raise ConfigError(
                f"{given.where}: ric.cost has no '{key}'.{nearest(key, known)} It has: {', '.join(known)}"
            )
        least, most, words = COST_LIMITS.get(key, (0.0, math.inf, "0 or more"))
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not least <= value <= most:
            raise ConfigError(f"{given.where}: ric.cost.{key} = {value!r}: write a number, {words}")
    return CostSettings(**{key: float(value) for key, value in given.value.items()})


def drift_detector(file: Path | None) -> str:
    """`detector` of the table `[ric.drift]`, as `detectors.detector` takes it. Raises ConfigError."""
    given = Given({}, "") if file is None else _of_ric(file).get("drift", Given({}, str(file)))
    if not isinstance(given.value, dict) or given.value.keys() - {"detector"}:
        raise ConfigError(f'{given.where}: ric.drift = {given.value!r}: write detector = "auto", and nothing else')
    name = given.value.get("detector", "auto")
    try:
        detector(str(name))
    except ConfigError as error:
        raise ConfigError(f"{given.where}: ric.drift.detector: {error}") from error
    return str(name)


def node_dialects(file: Path) -> dict[str, Dialect]:
    """The table `[ric.dialects]`: by pattern of node ids, `"flexric"`, or a table of what differs from the standard, as
    `{family = "flexric", kpm_time_octets = 4, vendor = "delay-ms"}`. `vendor` is a profile, or a list of them: one of
    `ricloop metrics`, or of the table `[ric.vendors]`. Raises ConfigError.
    """
    profiles = PROFILES | _own_profiles(file)
    given = _of_ric(file).get("dialects", Given({}, str(file)))
    if not isinstance(given.value, dict):
        raise ConfigError(f'{given.where}: ric.dialects = {given.value!r}: write a table, as "gnb-00101-*" = "flexric"')
    return {
        pattern: _dialect(f"{given.where}: ric.dialects.{pattern}", value, profiles)
        for pattern, value in given.value.items()
    }


def _dialect(where: str, value: Any, profiles: Mapping[str, Vendor]) -> Dialect:
    fields = {"family": value} if isinstance(value, str) else value
    if not isinstance(fields, dict):
        raise ConfigError(f'{where} = {value!r}: write "standard", "flexric" or a table')
    known = ("family", "kpm_time_octets", "ppid", "vendor")
    for key, number in fields.items():
        if key not in known:
            raise ConfigError(f"{where} has no '{key}'.{nearest(key, known)} It has: {', '.join(known)}")
        if key not in ("family", "vendor") and type(number) is not int:
            raise ConfigError(f"{where}.{key} = {number!r}: write a whole number")
    families = {base.family.value: base for base in (STANDARD, FLEXRIC)}
    name = fields.get("family", "standard")
    if name not in families:
        raise ConfigError(
            f"{where}: there is no dialect {name!r}.{nearest(str(name), families)} There are: {', '.join(families)}"
        )
    try:
        numbers = {key: number for key, number in fields.items() if key not in ("family", "vendor")}
        vendor = _vendor(f"{where}.vendor", fields["vendor"], profiles) if "vendor" in fields else None
        return replace(families[name], **numbers, vendor=vendor)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error


def _vendor(where: str, value: Any, profiles: Mapping[str, Vendor]) -> Vendor:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ConfigError(f'{where} = {value!r}: write a profile\'s name, as "delay-ms", or a list of them')
    for name in names:
        if name not in profiles:
            raise ConfigError(
                f"{where}: there is no vendor profile {name!r}.{nearest(name, profiles)} There are: "
                f"{', '.join(profiles)}; one of your own is a table in [ric.vendors]"
            )
    first, *others = (profiles[name] for name in names)
    for other in others:
        first = first + other
    return first


def _own_profiles(file: Path) -> dict[str, Vendor]:
    """The table `[ric.vendors]`: per profile, by the standard's name of a measurement, the vendor's own name, a factor,
    or both: `"RRU.PrbTotDl" = {name = "ACME.PrbUse", factor = 100}`."""
    given = _of_ric(file).get("vendors", Given({}, str(file)))
    if not isinstance(given.value, dict):
        raise ConfigError(
            f"{given.where}: ric.vendors = {given.value!r}: write a table per profile, [ric.vendors.acme]"
        )
    profiles = {}
    for name, table in given.value.items():
        where = f"{given.where}: ric.vendors.{name}"
        if not isinstance(table, dict):
            raise ConfigError(f'{where} = {table!r}: write a table, as "DRB.UEThpDl" = 1000')
        profiles[name] = Vendor(name, tuple(_alias(f"{where}.{key}", key, value) for key, value in table.items()))
    return profiles


def _alias(where: str, standard: str, value: Any) -> Alias:
    try:
        row = measure(standard)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
    fields = value if isinstance(value, dict) else {"name": value} if isinstance(value, str) else {"factor": value}
    if strange := sorted(fields.keys() - {"name", "factor"}):
        raise ConfigError(f"{where} has no '{strange[0]}'. It has: name, factor")
    own: Any = fields.get("name", row.name)
    factor: Any = fields.get("factor", 1.0)
    if not isinstance(own, str) or not own:
        raise ConfigError(f"{where}.name = {own!r}: write the name that the node sends")
    number = isinstance(factor, int | float) and not isinstance(factor, bool)
    if not number or not math.isfinite(factor) or factor == 0:
        raise ConfigError(f"{where}.factor = {factor!r}: write a number that is not 0")
    return Alias(row.name, own, float(factor))


def _of_ric(file: Path) -> dict[str, Given]:
    table = read(file).get(RIC, {})
    for key, given in table.items():
        if key not in RIC_KEYS:
            raise ConfigError(
                f"{given.where}: the RIC has no setting '{key}'.{nearest(key, RIC_KEYS)} It has: {', '.join(RIC_KEYS)}"
            )
    return table


def read(file: Path) -> dict[str, dict[str, Given]]:
    """The tables of a settings file, each value with its line."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"settings file {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"settings file {file} is not text: {error}") from error
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"settings file {file} is not TOML: {error}") from error
    tables: dict[str, dict[str, Given]] = {}
    for name, table in data.items():
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: '{name}' stands alone; settings are in a table per xApp, as [energy-saving]")
        lines = _lines(text, name)
        tables[name] = {
            key: Given(value, f"{file}:{lines[key]}" if key in lines else str(file)) for key, value in table.items()
        }
    return tables


def settings_of(type_: type[Settings], xapp: str, table: Mapping[str, Given]) -> Settings:
    """Validate. Raises ConfigError naming the first key that is wrong."""
    known = list(type_.model_fields)
    for key, given in table.items():
        if key not in known:
            raise ConfigError(
                f"{given.where}: xApp '{xapp}' has no setting '{key}'.{nearest(key, known)}"
                f" Its settings: {', '.join(known) or 'none'}"
            )
    try:
        # As JSON: there, as in TOML, a list is what a tuple is written as, and a text what a name of an Enum is.
        text = json.dumps({key: given.value for key, given in table.items()}, default=lambda value: value.isoformat())
        return type_.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        place = table[key].where if key in table else "settings"
        raise ConfigError(f"{place}: {xapp}.{key} = {first['input']!r}: {first['msg']}") from error


def _override(text: str) -> tuple[str, str, Given]:
    path, equals, raw = text.partition("=")
    xapp, dot, key = path.strip().rpartition(".")
    if not equals or not dot or not key:
        raise ConfigError(f"--set {text}: write xapp.key=value, as energy-saving.sleep_below=30")
    try:
        value = tomllib.loads(f"value = {raw}")["value"]
    except ValueError:
        value = raw.strip()
    return xapp, key, Given(value, f"--set {text}")


def _lines(text: str, table: str) -> dict[str, int]:
    """The line of each key of a table; a key written in an unusual way has none."""
    found: dict[str, int] = {}
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*\"?([^\]\"]+?)\"?\s*\]", line):
            inside = header.group(1) == table
        elif inside and (key := re.match(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*=", line)):
            found.setdefault(key.group(1), number)
    return found
