"""A1 policies as pydantic models, and an xApp that reads one."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ricloop import Decision, Latest, Settings, XApp, ms, on, policy
from ricloop.e2sm import kpm

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))


class Limits(Settings):
    sleep_below: Annotated[float, Field(ge=0, le=100)] = 10.0


LIMITS = policy(Limits)


class Limited(XApp):
    """Says which limit is in force."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[float, float] | None] = []

    @on(load, LIMITS)
    def decide(self, report: kpm.Report, limits: Latest[Limits]) -> Decision:
        self.heard.append((limits.value.sleep_below, limits.age.total_seconds()) if limits.known else None)
        return Decision.none(f"{limits.value.sleep_below:g}" if limits.known else "none")


class Kind(Enum):
    LOW = "low"
    HIGH = "high"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=3)]
    next: Inner | None = None


class Full(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    count: Annotated[int, Field(gt=0, lt=10)] = 1
    share: Annotated[float, Field(ge=0.0, le=1.0)]
    kind: Kind = Kind.LOW
    mode: Literal["a", 7] = "a"
    flag: bool = False
    inner: Inner | None = None
    cells: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    pair: tuple[int, str] = (1, "x")
    named: dict[str, float] = {}
