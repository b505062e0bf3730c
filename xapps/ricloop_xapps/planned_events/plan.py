"""The A1 policy that says where and when something is expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from ricloop import Cells, Cgi, ConfigError

MOST_EVENTS, MOST_CELLS = 256, 256


def _cell(text: str) -> str:
    try:
        Cgi.parse(text)
    except ConfigError as error:
        raise ValueError(str(error)) from None
    return text


class Event(BaseModel):
    """One event: its cells serve from `begin` to `end`, whoever would save energy there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    cells: Annotated[tuple[Annotated[str, AfterValidator(_cell)], ...], Field(min_length=1, max_length=MOST_CELLS)]
    """As `00101-000004002`."""
    begin: AwareDatetime
    """By the network's clock, as `2026-01-01T18:00:00Z`; so is `end`."""
    end: AwareDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.begin < self.end:
            raise ValueError(f"event '{self.name}' ends before it begins: {self.begin} to {self.end}")
        return self


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A row per event and cell."""

    cells: Cells
    """Shape [rows]."""
    begin_ns: NDArray[np.int64]
    """Shape [rows]: Unix time; so is `end_ns`."""
    end_ns: NDArray[np.int64]


class PlannedEvents(BaseModel):
    """All events that are planned: `{"events": [{"name": …, "cells": […], "begin": …, "end": …}]}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: Annotated[tuple[Event, ...], Field(max_length=MOST_EVENTS)]

    @cached_property
    def table(self) -> Table:
        rows = [(Cgi.parse(cell).packed, event) for event in self.events for cell in event.cells]
        return Table(
            np.array([cell for cell, _ in rows], np.uint64),
            np.array([_unix_ns(event.begin) for _, event in rows], np.int64),
            np.array([_unix_ns(event.end) for _, event in rows], np.int64),
        )


def _unix_ns(at: datetime) -> int:
    return round(at.timestamp() * 1e6) * 1000
