"""Objects held against Kubernetes's own schemas, strictly; what other operators bring has small schemas of ours."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource

from tests.charts.documents import Document

utils = pytest.importorskip("kubernetes_validate.utils", reason="pip install 'ricloop[charts]'")

OURS = Path(__file__).parent / "crds"


def problems(document: Document, kubernetes: str) -> list[str]:
    """What is wrong with it there: an unknown field, a wrong type, a missing one. An unknown kind is a problem too."""
    return list(_problems(json.dumps(document.body, sort_keys=True), kubernetes))


@lru_cache(maxsize=20_000)
def _problems(text: str, kubernetes: str) -> tuple[str, ...]:
    body = json.loads(text)
    judge = _judge(body["apiVersion"], body["kind"], ".".join(kubernetes.split(".")[:2]))
    if judge is None:
        return (f"{body['apiVersion']} {body['kind']} is unknown to Kubernetes {kubernetes}",)
    return tuple(f"{error.json_path}: {error.message[:300]}" for error in judge.iter_errors(body))


@lru_cache(maxsize=256)
def _judge(api: str, kind: str, kubernetes: str) -> jsonschema.Draft202012Validator | None:
    ours = OURS / f"{kind.lower()}.yaml"
    if ours.exists():
        schema = yaml.safe_load(ours.read_text())
        return jsonschema.Draft202012Validator(schema)
    group = api.split("/")[0].split(".")[0] + "-" + api.split("/")[1] if "/" in api else api
    folder = _folder(kubernetes)
    try:
        schema = utils.schema_contents(f"{folder}/{kind.lower()}-{group}.json", kubernetes)
    except FileNotFoundError:
        return None
    return jsonschema.Draft202012Validator(schema, registry=_definitions(folder))


def _folder(kubernetes: str) -> str:
    (release,) = {known for known in utils.all_versions() if utils.major_minor(known) == kubernetes}
    return f"kubernetes-json-schema/v{release}-local-strict"


@lru_cache(maxsize=4)
def _definitions(folder: str) -> Registry[Any]:
    contents = utils.schema_contents(f"{folder}/_definitions.json", folder)
    registry: Registry[Any] = Resource.from_contents(contents) @ Registry()
    return registry
