"""How long KPM indications take in the fast codec and in the reference one: `python tests/bench/bench_kpm.py`.

Prints microseconds (the best of many rounds, so that a busy machine matters less) and their ratio.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable

import numpy as np

from ricloop.core.dialect import STANDARD
from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.core.time import ms
from ricloop.e2sm import kpm
from ricloop.e2sm.kpm import codec, reference
from ricloop.e2sm.kpm.model import Kpm

NAMES = ["RRU.PrbTotDl", "RRU.PrbTotUl", "DRB.UEThpDl", "DRB.UEThpUl", "RRU.PrbAvailDl", "RRU.PrbUsedDl", "CQI", "RSRP"]
GUAMI = Guami(Plmn("001", "01"), 128, 1, 1)


def best_us(work: Callable[[], object], rounds: int) -> float:
    work()
    return min(timeit.repeat(work, number=rounds, repeat=7)) / rounds * 1e6


def row(title: str, quick: Callable[[], object], slow: Callable[[], object] | None = None) -> None:
    fast_us = best_us(quick, 500)
    if slow is None:
        print(f"{title:44} {fast_us:9.1f}")
        return
    slow_us = best_us(slow, 20)
    print(f"{title:44} {fast_us:9.1f} {slow_us:11.1f} {slow_us / fast_us:6.0f}x")


def main() -> None:
    dice = np.random.default_rng(0)
    print(f"{'µs':44} {'fast':>9} {'reference':>11} {'ratio':>7}")
    for count in (2, 8):
        cell_message(count, dice)
    for count, kind in ((20, "DU"), (20, "CU"), (100, "DU")):
        ue_message(count, kind, dice)
    header = codec.encode_indication_header(1_700_000_000_123_456_789)
    row(
        "header: decode",
        lambda: codec.decode_indication_header(header),
        lambda: reference.decode_header(header, STANDARD),
    )
    whole_report()


def cell_message(count: int, dice: np.random.Generator) -> None:
    """Every other value a real, as throughputs and delays are."""
    values = np.where(np.arange(count) % 2, dice.uniform(0, 1000, count), dice.integers(0, 300, count))
    values = values.astype(np.float32)
    listed = values.tolist()
    measurements = tuple(codec.Measurement(name) for name in NAMES[:count])
    action = codec.ActionDefinition(style=1, measurements=measurements, granularity_ms=100)
    octets = codec.encode_cell_message(values)
    title = f"Format 1, {count} metrics, {len(octets)} octets"
    row(
        f"{title}: decode",
        lambda: codec.decode_message(octets, action),
        lambda: reference.decode_message(octets, action),
    )
    row(f"{title}: encode", lambda: codec.encode_cell_message(values), lambda: reference.encode_cell(listed))


def ue_message(count: int, kind: str, dice: np.random.Generator) -> None:
    """An RSRP and a CQI per UE, named as a DU or a CU-CP names it."""
    ues = [
        UeId(f1ap=(5000 + n,)) if kind == "DU" else UeId(amf_ue_ngap_id=9000 + n, guami=GUAMI, f1ap=(5000 + n,))
        for n in range(count)
    ]
    rows = np.column_stack([dice.uniform(-120, -60, count), dice.integers(0, 16, count)]).astype(np.float32)
    grid = rows.tolist()
    measurements = (codec.Measurement("RSRP"), codec.Measurement("CQI"))
    action = codec.ActionDefinition(style=4, measurements=measurements, granularity_ms=100)
    octets = codec.encode_ue_message(ues, rows)
    title = f"Format 3, {count} {kind} UEs x 2, {len(octets)} octets"
    row(
        f"{title}: decode",
        lambda: codec.decode_message(octets, action),
        lambda: reference.decode_message(octets, action),
    )
    row(f"{title}: encode", lambda: codec.encode_ue_message(ues, rows), lambda: reference.encode_ues(ues, grid))


def whole_report() -> None:
    """From the octets of nine cells to a Report."""
    model = Kpm()
    feed = kpm.every(ms(100), *map(kpm.Metric, NAMES[:2]))
    offer = model.describe(codec.encode_function_definition(codec.definition_of(NAMES)))
    cells = [Cgi(Plmn("001", "01"), n << 14).packed for n in range(9)]
    (plan,) = model.plan(feed, offer, cells, frozenset(), STANDARD)
    header, message = codec.encode_indication_header(0), codec.encode_cell_message([37, 12.5])

    def assembled() -> object:
        parts = [model.decode(action, header, message, STANDARD) for action in plan.actions]
        return model.assemble(feed, parts, lambda ue: 0, None)

    row("9 cells x 2: headers, messages and Report", assembled)


if __name__ == "__main__":
    main()
