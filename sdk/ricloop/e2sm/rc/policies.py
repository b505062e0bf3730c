"""Policies: what a node shall do by itself, and answers to what it asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ricloop.core.actions import Addressee, Answer, PolicyChange
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, Resource, UeHandle, UeId, cell_name
from ricloop.e2sm.rc.action import PolicyRule
from ricloop.e2sm.rc.actions import Plain, structure
from ricloop.e2sm.rc.conditions import Testing
from ricloop.e2sm.rc.events import EventTrigger
from ricloop.e2sm.rc.parameters import Parameter, Structure
from ricloop.e2sm.rc.values import Request


@dataclass(frozen=True, slots=True)
class Policy(PolicyChange):
    """Install a policy at the node of a cell, or change the one of that name."""

    name: str
    cell: CellId
    style: int
    rules: tuple[PolicyRule, ...] = field(hash=False)
    on: EventTrigger | None = field(default=None, hash=False)
    """What makes the node look; None: the first call process breakpoint that it announces."""

    def __str__(self) -> str:
        return f"policy '{self.name}' at {cell_name(self.cell)}: style {self.style}, {len(self.rules)} rules"


@dataclass(frozen=True, slots=True)
class NoPolicy(PolicyChange):
    """Remove a policy from the node of a cell."""

    removes: ClassVar[bool] = True
    name: str
    cell: CellId

    def __str__(self) -> str:
        return f"no policy '{self.name}' at {cell_name(self.cell)}"


@dataclass(frozen=True, slots=True)
class Reply(Answer):
    """Accept or deny what a node asked; the control style and action are those of the insert."""

    ue: UeHandle
    style: int
    action: int
    accept: bool
    to: Addressee | None
    name: UeId = field(hash=False)
    parameters: Mapping[int, Parameter] = field(default_factory=dict, hash=False)

    @property
    def resource(self) -> Resource:
        return Resource("ue", self.ue)

    @property
    def parameter(self) -> str:
        process = b"" if self.to is None or self.to.process is None else self.to.process
        return f"answer {process.hex()}"

    def __str__(self) -> str:
        return f"{'accept' if self.accept else 'deny'} request {self.style}/{self.action} for UE {self.ue}"


def policy(name: str, cell: CellId | Any, *rules: PolicyRule, style: int, on: EventTrigger | None = None) -> Policy:
    """Have the node of `cell` (an entry of `report.cells`) follow these rules. Raises ConfigError without any."""
    if not rules:
        raise ConfigError(f"policy '{name}': at least one rule is needed; rc.no_policy removes one")
    return Policy(name, int(cell), style, tuple(rules), on)


def no_policy(name: str, cell: CellId | Any) -> NoPolicy:
    """Have the node of `cell` follow the policy of this name no longer."""
    return NoPolicy(name, int(cell))


def rule(
    action: int,
    parameters: Mapping[int, Plain] | None = None,
    *,
    when: Testing | Sequence[Any] = (),
    accept: bool | None = None,
) -> PolicyRule:
    """One rule: the action (of the control style of the policy's number), its RAN parameters, when it holds, and what
    becomes of a request that meets the condition."""
    return PolicyRule(action, structure(parameters or {}), tuple(when), accept)


def accept(request: Request, parameters: Mapping[int, Plain] | None = None) -> Reply:
    """Yes; as the node proposes unless `parameters` says otherwise."""
    given: Structure = request.parameters if parameters is None else structure(parameters)
    return Reply(request.ue, request.style, request.indication, True, request.to, request.name, given)


def deny(request: Request) -> Reply:
    """No."""
    return Reply(request.ue, request.style, request.indication, False, request.to, request.name)
