"""Makes what the charts have in common and Helm cannot share: `values.yaml` and `values.schema.json` of each, and the
xApps' whole charts.

`python -m tests.charts.make_charts` writes them; a test holds what is there equal to what it would write. The sources
are `helm/parts/NAME.yaml`, values with their prose, `helm/parts/NAME.schema.yaml`, what each may be, and for an xApp's
`config` the schema of its descriptor. Objects of a schema are closed unless they say otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from textwrap import wrap
from typing import Any

import yaml

HELM = Path(__file__).parents[2] / "helm"
PARTS = HELM / "parts"
VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Kind:
    """A chart whose values are made of parts."""

    parts: tuple[str, ...]
    image: str
    cpu: str
    memory: str


XAPP = Kind(("xapp", "pod"), "ricloop/xapp", "1", "512Mi")
KINDS = {
    "ricloop": Kind(("ricloop", "pod"), "ricloop/ric", "2", "1Gi"),
    "e2sim": Kind(("e2sim", "pod"), "ricloop/e2sim", "1", "512Mi"),
}
XAPPS = {
    "anomaly-detection": "An xApp that finds cells which carry less than is usual, and says so.",
    "energy-saving": "An xApp that puts cells to sleep while their cover has room, and wakes them before it fills.",
    "minimal": "The smallest xApp: empty cells sleep, and a busy site wakes.",
    "planned-events": "An xApp that wakes cells before events that a policy announces, and keeps them awake.",
    "slice-sla": "An xApp that keeps what slices are promised, by PRB shares that follow what their users need.",
    "traffic-prediction": "An xApp that forecasts the load of each cell with bounds, for others to read.",
}
"""By name, what each one is for."""
OTHERS = {
    "xapp-common": "What the charts of ricloop share, as templates. It installs nothing by itself.",
    "ricloop": "An embedded near-RT RIC: E2 nodes connect to it, and xApps in it or apart from it decide.",
    "e2sim": "Simulated E2 nodes that report, and answer control, against a RIC.",
    "ricloop-stack": "A whole lab: near-RT RIC, three xApps over gRPC with certificates, simulated E2 nodes.",
}
STACK = ("ricloop", "anomaly-detection", "energy-saving", "traffic-prediction", "e2sim")
"""What the lab is made of."""
KEYWORDS = ("O-RAN", "RIC", "xApp", "E2", "5G")


def schema(name: str, kind: Kind) -> dict[str, Any]:
    """`values.schema.json` of a chart."""
    properties: dict[str, Any] = {}
    for part in kind.parts:
        properties |= _read(f"{part}.schema.yaml", name, kind)
    if kind is XAPP:
        properties["config"] = _config(name)
    whole = _closed({"properties": properties})
    closed = whole["properties"]
    # Charts of a release share what is global with charts that are not ours.
    closed["global"]["additionalProperties"] = True
    # Helm adds to a chart's values what it hands to its library.
    closed["xapp-common"] = {
        "type": "object",
        "properties": {"global": {"type": "object"}},
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Values of the chart {name}",
        "type": "object",
        "additionalProperties": False,
        "required": whole["required"],
        "properties": closed,
        "$defs": {key: _closed(value) for key, value in _read("defs.schema.yaml", name, kind).items()},
    }


def values(name: str, kind: Kind) -> str:
    """`values.yaml` of a chart: its own keys first, those of every pod last."""
    texts = [_text(f"{part}.yaml", name, kind) for part in kind.parts]
    if kind is XAPP:
        texts.insert(1, _settings(name))
    return f"# Values of the chart {name}. Made by tests/charts/make_charts.py: change helm/parts.\n\n" + "\n".join(
        texts
    )


def xapp_files(name: str) -> dict[str, str]:
    """What an xApp's chart holds beside its values and descriptor."""
    return {
        ".helmignore": "ci/\n",
        "templates/xapp.yaml": '{{ include "xapp-common.xapp" . }}\n',
        "templates/tests/ready.yaml": '{{ include "xapp-common.xapp.test" . }}\n',
        "templates/NOTES.txt": '{{ include "xapp-common.xapp.notes" . }}\n',
        **{f"ci/{path.stem}-values.yaml": path.read_text() for path in sorted((PARTS / "ci").glob("*.yaml"))},
    }


def made() -> dict[Path, str]:
    """Every file that is made, and its text."""
    files: dict[Path, str] = {}
    for name, kind in {**KINDS, **dict.fromkeys(XAPPS, XAPP)}.items():
        files[HELM / name / "values.yaml"] = values(name, kind)
        files[HELM / name / "values.schema.json"] = json.dumps(schema(name, kind), indent=2, ensure_ascii=False) + "\n"
    for name in XAPPS:
        files |= {HELM / name / path: text for path, text in xapp_files(name).items()}
    for name, description in {**XAPPS, **OTHERS}.items():
        files[HELM / name / "Chart.yaml"] = _chart(name, description)
    return files


def links() -> dict[Path, str]:
    """Charts inside charts, as links: Helm packs what they lead to."""
    libraries = {
        HELM / name / "charts" / "xapp-common": "../../xapp-common" for name in (*KINDS, *XAPPS, "ricloop-stack")
    }
    return libraries | {HELM / "ricloop-stack" / "charts" / name: f"../../{name}" for name in STACK}


def _chart(name: str, description: str) -> str:
    keywords = ", ".join(KEYWORDS)
    library = name == "xapp-common"
    needs = () if library else ("xapp-common", *(STACK if name == "ricloop-stack" else ()))
    needed = "dependencies:\n" if needs else ""
    for one in needs:
        needed += f"  - name: {one}\n    version: {VERSION}\n    repository: file://../{one}\n"
        needed += f"    condition: parts.{one}\n" if one in STACK else ""
    return f"""\
apiVersion: v2
name: {name}
description: "{description}"
type: {"library" if library else "application"}
version: {VERSION}
appVersion: "{VERSION}"
kubeVersion: ">=1.20.0-0"
keywords: [{keywords}]
icon: >-
  {icon()}
{needed}annotations:
  artifacthub.io/category: networking
  artifacthub.io/license: MIT OR Apache-2.0
  artifacthub.io/operator: "false"
  artifacthub.io/prerelease: "true"
"""


def icon() -> str:
    """The charts' picture, as a URL that needs no server."""
    svg = (PARTS / "icon.svg").read_text().strip()
    return "data:image/svg+xml," + "".join(f"%{ord(one):02X}" if one in '<>"#% {}' else one for one in svg)


def _config(name: str) -> dict[str, Any]:
    """What `config` may be: the schema of the xApp's settings, without what only a file of its own has."""
    read: dict[str, Any] = json.loads((HELM / name / "files" / "schema.json").read_text(encoding="utf-8"))
    # A setting that is taken away has the default of its class.
    return {key: value for key, value in read.items() if key not in ("$schema", "title")} | {"required": []}


def _settings(name: str) -> str:
    """The settings of an xApp as values, each under what it means."""
    lines = ["# Settings of the xApp: the `controls` of its descriptor.", "config:"]
    for key, told in _config(name)["properties"].items():
        lines += [f"  # {line}" for line in wrap(told["description"], 150)]
        lines.append(f"  {key}: {json.dumps(told['default'])}")
    return "\n".join(lines) + "\n"


def _closed(value: Any) -> Any:
    """Objects take no key that they do not name, and want each that has a default: a null takes one away."""
    if not isinstance(value, Mapping):
        return value
    closed = {key: _closed(inner) for key, inner in value.items()}
    if "properties" in value:
        closed.setdefault("type", "object")
        closed.setdefault("additionalProperties", False)
        closed.setdefault("required", [key for key, inner in closed["properties"].items() if not _may_be_null(inner)])
    return closed


def _may_be_null(value: Mapping[str, Any]) -> bool:
    return "null" in value.get("type", ()) or value.get("$ref") == "#/$defs/nodePort"


def _read(file: str, name: str, kind: Kind) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_text(file, name, kind))
    return read


def _text(file: str, name: str, kind: Kind) -> str:
    text = Template((PARTS / file).read_text(encoding="utf-8"))
    if file.endswith(".schema.yaml"):
        return text.template
    return text.substitute(chart=name, image=kind.image, cpu=kind.cpu, memory=kind.memory)


def main() -> None:
    for path, text in made().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for link, target in links().items():
        link.parent.mkdir(exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(target)


if __name__ == "__main__":
    main()
