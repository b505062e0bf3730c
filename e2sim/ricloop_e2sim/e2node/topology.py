"""Cells, and which of them cover which (NRCellRelation.isESCoveredBy, TS 28.541), for `ricloop ric --topology`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ricloop.core.ids import Cells, Cgi
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints


def topology(gnb: Sequence[str], cells: Cells, sector: Ints, frequency_mhz: Floats, umbrella: Ints) -> dict[str, Any]:
    """The topology file's JSON of cells, by gNB, packed id, sector of the gNB from 0 on, MHz and covering cell: [c]."""
    names = [str(Cgi.unpack(cell)) for cell in cells]
    rows = [
        {
            "cell": name,
            "gnb": gnb[number],
            "sector": int(sector[number]) + 1,
            "frequency_mhz": float(frequency_mhz[number]),
        }
        for number, name in enumerate(names)
    ]
    relations = []
    for number, cover in enumerate(umbrella.tolist()):
        if number != cover:
            relations.append({"cell": names[number], "neighbour": names[cover], "es_covered_by": "full"})
            relations.append({"cell": names[cover], "neighbour": names[number], "es_covered_by": "partial"})
    return {"schema": 1, "cells": rows, "relations": relations}
