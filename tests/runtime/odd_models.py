"""Models that do what models do in the field: each is started in a process of its own by the tests."""

from __future__ import annotations

import ctypes
import os
import sys
import time

import numpy as np

from ricloop.core.model import Table, Window


class Good:
    """Says the last value, and that of the row before."""

    window = Window(("RRU.PrbTotDl",), length=4)
    outputs = 1
    says = {"kind": "forecast", "metric": "RRU.PrbTotDl", "horizons": 1, "quantiles": [0.5]}  # noqa: RUF012

    def __init__(self) -> None:
        self.asked = 0

    def predict(self, table: Table) -> Table:
        self.asked += 1
        return self.say(table)

    def say(self, table: Table) -> Table:
        return table[:, -1:] * 2


class Talks(Good):
    def say(self, table: Table) -> Table:
        print("this is no answer")
        sys.stdout.flush()
        return super().say(table)


class Raises(Good):
    def say(self, table: Table) -> Table:
        raise ZeroDivisionError("on purpose")


class NotANumber(Good):
    def say(self, table: Table) -> Table:
        return table[:, -1:] * np.nan


class WrongShape(Good):
    def say(self, table: Table) -> Table:
        return table


class Sleeps(Good):
    def say(self, table: Table) -> Table:
        time.sleep(3600)
        return table


class SlowEveryTenth(Good):
    def say(self, table: Table) -> Table:
        if self.asked % 10 == 0:
            time.sleep(0.05)
        return super().say(table)


class Leaks(Good):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytearray] = []

    def say(self, table: Table) -> Table:
        self.kept.append(bytearray(os.urandom(1 << 20)) * 4)
        return super().say(table)


class Crashes(Good):
    def say(self, table: Table) -> Table:
        if self.asked == 3:
            ctypes.string_at(0)
        return super().say(table)


class Speechless(Good):
    says = {"kind": "prophecy"}  # noqa: RUF012


class NoModel:
    pass


def broken() -> Good:
    raise ImportError("no such thing")
