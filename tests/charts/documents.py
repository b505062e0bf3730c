"""Rendered templates as objects, and what they hold: pods wherever they are, ports, references to other objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml


class _Strict(yaml.CSafeLoader):
    """Says no to a key that stands twice, of which Helm keeps one without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"{', '.join(map(str, twice))} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Document:
    """One object as the API server would get it."""

    source: str
    """The template that it is from."""
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def labels(self) -> dict[str, str]:
        return self.body["metadata"].get("labels") or {}

    @property
    def annotations(self) -> dict[str, str]:
        return self.body["metadata"].get("annotations") or {}

    @property
    def is_hook(self) -> bool:
        return "helm.sh/hook" in self.annotations

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Pod:
    """A pod, or what a Deployment makes pods of."""

    document: Document
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: dict[str, Any]

    @property
    def containers(self) -> list[dict[str, Any]]:
        """All of them, those that run first included."""
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    @property
    def is_hook(self) -> bool:
        return self.document.is_hook

    def __str__(self) -> str:
        return f"pod of {self.document}"


@lru_cache(maxsize=4096)
def documents_of(text: str, source: str) -> tuple[Document, ...]:
    """The objects in a template's text; raises `yaml.YAMLError` where a key stands twice in one mapping."""
    return tuple(Document(source, body) for body in yaml.load_all(text, _Strict) if body)


def pods_of(documents: list[Document]) -> list[Pod]:
    """Every pod, hooks included."""
    return [pod for document in documents if (pod := _pod(document)) is not None]


def of_kind(documents: list[Document], kind: str) -> list[Document]:
    return [document for document in documents if document.kind == kind]


def one(documents: list[Document], kind: str) -> Document:
    """The only one of that kind."""
    (found,) = of_kind(documents, kind)
    return found


def _pod(document: Document) -> Pod | None:
    match document.kind:
        case "Pod":
            made = document.body
        case "Deployment" | "StatefulSet" | "DaemonSet" | "Job":
            made = document.body["spec"]["template"]
        case "CronJob":
            made = document.body["spec"]["jobTemplate"]["spec"]["template"]
        case _:
            return None
    metadata = made.get("metadata", {})
    return Pod(document, metadata.get("labels") or {}, metadata.get("annotations") or {}, made["spec"])
