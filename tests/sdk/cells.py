"""A site of four cells: one covers the others' areas in full."""

from __future__ import annotations

from ricloop import Topology
from ricloop.core.ids import Cgi, Plmn

PLMN = Plmn("001", "01")
A, B, C, D = (Cgi(PLMN, 0x4001 + i).packed for i in range(4))


def plan(*full: tuple[int, int], cells: tuple[int, ...] = (A, B, C, D)) -> Topology:
    """A topology in which (cell, neighbour) pairs are fully covered."""
    return Topology.of(
        {
            "cells": [{"cell": str(Cgi.unpack(cell)), "gnb": "gnb1", "sector": 1} for cell in cells],
            "relations": [
                {"cell": str(Cgi.unpack(c)), "neighbour": str(Cgi.unpack(n)), "es_covered_by": "full"} for c, n in full
            ],
        },
        "the test",
    )
