"""`ricloop bench codec`: the messages of the loop by the reference codec, the native module and its Python twin."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ricloop.core import native
from ricloop.core.dialect import STANDARD
from ricloop.core.ids import Cgi, Plmn, UeId
from ricloop.e2ap import decode, encode, fast_control, fast_indication
from ricloop.e2ap.messages import AckRequest, RequestId, RicControlRequest, RicIndication
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc import saving
from ricloop.e2sm.common import Slice
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm import indication, reference
from ricloop.e2sm.kpm.condition import ALL_UES
from ricloop.e2sm.kpm.matching import Matching
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc import quota, template

PLMN = Plmn("001", "01")
CELL = Cgi(PLMN, 0x123456789).packed
METRICS = 10
ROUNDS = 7
ROUND_S = 0.04
"""A round takes so long at least; the median of the rounds counts."""
NAMES = tuple(
    kpm.Measurement(name)
    for name in (
        "DRB.UEThpDl",
        "DRB.UEThpUl",
        "RRU.PrbTotDl",
        "RRU.PrbTotUl",
        "RRU.PrbAvailDl",
        "RRU.PrbUsedDl",
        "DRB.RlcSduDelayDl",
        "RRC.ConnMean",
        "DRB.AirIfDelayUl",
        "DRB.PerDataVolume",
    )
)


@dataclass(frozen=True, slots=True)
class Op:
    """One operation: by the reference, and by the fast path, native or not as the module says at the time."""

    name: str
    octets: int
    reference: Callable[[], Any]
    fast: Callable[[], Any]


@contextmanager
def without_native() -> Iterator[None]:
    """The fast path's Python twins."""
    with (
        patch.object(indication, "FAST", None),
        patch.object(fast_indication, "FAST", None),
        patch.object(template, "FAST", None),
    ):
        yield


def operations() -> list[Op]:
    """In the order of the table. Each fast one was compared with its reference."""
    ops = [*_cells(), _matched(), *_ues(20), *_ues(100), _rc_control(), _ccc_control(), _walk()]
    order = (
        "kpm_f1_m10_decode",
        "kpm_f1_m10_encode",
        "kpm_f2_u100_decode",
        "kpm_f3_u20_decode",
        "kpm_f3_u100_decode",
        "kpm_f3_u100_encode",
        "rc_control_encode",
        "ccc_control_encode",
        "e2ap_indication_walk",
    )
    found = {op.name: op for op in ops}
    return [found[name] for name in order]


def action(style: int) -> kpm.ActionDefinition:
    matching = tuple(Matching((ALL_UES,)) for _ in NAMES) if style == 3 else ()
    return kpm.ActionDefinition(style=style, measurements=NAMES, granularity_ms=100, matching=matching)


def _numbers(rows: int) -> Any:
    """Half of them whole, half measured, as in reports."""
    drawn = np.random.default_rng(rows).uniform(0, 300, (rows, METRICS))
    drawn[:, ::2] = np.floor(drawn[:, ::2])
    return np.float32(drawn).astype(np.float64)


def _remembered(octets: bytes, asked: kpm.ActionDefinition) -> kpm.Memory:
    memory = kpm.Memory(asked)
    memory.learn(reference.read(octets, STANDARD)[1], asked, STANDARD)
    return memory


def _cells() -> list[Op]:
    asked, values, listed = action(1), _numbers(1)[0], kpm.listing(NAMES, STANDARD)
    octets = reference.encode_cell(values.tolist(), 100, STANDARD, NAMES)
    memory = _remembered(octets, asked)
    row = values.tolist()
    return [
        Op(
            "kpm_f1_m10_decode",
            len(octets),
            lambda: reference.decode_message(octets, asked).values,
            lambda: kpm.decode_message(octets, asked, STANDARD, memory).values,
        ),
        Op(
            "kpm_f1_m10_encode",
            len(octets),
            lambda: reference.encode_cell(row, 100, STANDARD, NAMES),
            lambda: kpm.encode_cell_message(values, 100, STANDARD, listed),
        ),
    ]


def _matched() -> Op:
    asked, values = action(3), _numbers(100)
    ues = [UeId(f1ap=(n,)) for n in range(100)]
    period = [{ue: float(values[n, column]) for n, ue in enumerate(ues)} for column in range(METRICS)]
    octets = kpm.encode_condition_message(asked, [period], 100)
    memory = _remembered(octets, asked)
    return Op(
        "kpm_f2_u100_decode",
        len(octets),
        lambda: reference.decode_message(octets, asked).values,
        lambda: kpm.decode_message(octets, asked, STANDARD, memory).values,
    )


def _ues(count: int) -> list[Op]:
    asked, values, listed = action(4), _numbers(count), kpm.listing(NAMES, STANDARD)
    ues = [UeId(f1ap=(n,)) for n in range(count)]
    rows = values.tolist()
    octets = reference.encode_ues(ues, rows, STANDARD, NAMES)
    memory = _remembered(octets, asked)
    return [
        Op(
            f"kpm_f3_u{count}_decode",
            len(octets),
            lambda: reference.decode_message(octets, asked).values,
            lambda: kpm.decode_message(octets, asked, STANDARD, memory).values,
        ),
        Op(
            f"kpm_f3_u{count}_encode",
            len(octets),
            lambda: reference.encode_ues(ues, rows, STANDARD, NAMES),
            lambda: kpm.encode_ue_message(ues, values, STANDARD, listed),
        ),
    ]


def _rc_control() -> Op:
    """A whole RICcontrolRequest: style 2, action 6, to a DU's UE."""
    ids, slice_, header = quota.ids_of(()), Slice(1, 1), rc.ControlHeader(UeId(f1ap=(7,)), 2, 6)
    kept, request_id = tuple(ids.items()), RequestId(2, 77)

    def slow() -> bytes:
        message = rc.ControlMessage(quota.quota(ids, PLMN, slice_, 10, 50, 0))
        return encode(
            RicControlRequest(
                request_id=request_id,
                function_id=3,
                header=rc.encode_control_header(header),
                message=rc.encode_control_message(message),
                ack=AckRequest.ACK,
            )
        )

    frame = fast_control.control_frame(3, AckRequest.ACK)

    def quick() -> bytes:
        message = quota.message(kept, PLMN, slice_, 10, 50, 0)
        return frame(request_id, template.encode_header(header, STANDARD), message)

    return Op("rc_control_encode", len(slow()), slow, quick)


def _ccc_control() -> Op:
    header, message = ccc.encode_saving_control(CELL, False, True)
    return Op(
        "ccc_control_encode",
        len(header) + len(message),
        lambda: saving.written_control(CELL, False, True),
        lambda: ccc.encode_saving_control(CELL, False, True),
    )


def _walk() -> Op:
    octets = _indication()
    return Op(
        "e2ap_indication_walk", len(octets), lambda: decode(octets), lambda: fast_indication.decode_indication(octets)
    )


def _indication() -> bytes:
    message = reference.encode_cell(_numbers(1)[0].tolist(), 100, STANDARD, NAMES)
    header = kpm.encode_indication_header(1_700_000_000_000_000_000)
    return encode(
        RicIndication(
            request_id=RequestId(1, 5), function_id=2, action_id=1, sequence=7, header=header, message=message
        )
    )


def whole_path() -> Op:
    """Walk, decode, the greatest value, a control: everything that a decision costs but the decision."""
    octets, asked = _indication(), action(1)
    walked = decode(octets)
    assert isinstance(walked, RicIndication)
    memory, control = _remembered(walked.message, asked), _rc_control()

    def slow() -> tuple[float, bytes]:
        found = decode(octets)
        assert isinstance(found, RicIndication)
        return float(reference.decode_message(found.message, asked).values.max()), control.reference()

    def quick() -> tuple[float, bytes]:
        found = fast_indication.decode_indication(octets)
        assert found is not None
        values = kpm.decode_message(found.message, asked, STANDARD, memory).values
        return float(values.max()), control.fast()

    return Op("whole hot path", len(octets), slow, quick)


def microseconds(work: Callable[[], Any]) -> float:
    """CPU time of one call: the median of some rounds."""
    number, took = 1, 0.0
    while took < ROUND_S:
        begin = time.process_time()
        for _ in range(number):
            work()
        took = time.process_time() - begin
        if took < ROUND_S:
            number = max(number * 2, int(number * ROUND_S / max(took, 1e-6)))
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(number):
            work()
        rounds.append((time.process_time() - begin) / number)
    return statistics.median(rounds) * 1e6


def same(op: Op) -> bool:
    """True where the fast path says what the reference says."""
    one, two = op.reference(), op.fast()
    return bool(np.array_equal(one, two, equal_nan=True)) if isinstance(one, np.ndarray) else bool(one == two)


def measured(op: Op, *, native_: bool, reference_us: float) -> dict[str, Any]:
    """A row of the JSON file. Raises AssertionError where the two disagree."""
    assert same(op), f"{op.name}: the fast path says something else than the reference"
    fast_us = microseconds(op.fast)
    return {
        "op": op.name,
        "bytes": op.octets,
        "reference_us": round(reference_us, 3),
        "fast_us": round(fast_us, 3),
        "ratio": round(reference_us / fast_us, 1),
        "native": native_,
    }


def bench_codec(json_file: Path | None) -> None:
    """Measure, print, write."""
    console = Console()
    rows: list[dict[str, Any]] = []
    whole: list[dict[str, Any]] = []
    for op in track([*operations(), whole_path()], "codec", console=console, transient=True):
        into = whole if op.name == "whole hot path" else rows
        reference_us = microseconds(op.reference)
        if native.FAST is not None:
            into.append(measured(op, native_=True, reference_us=reference_us))
        with without_native():
            into.append(measured(op, native_=False, reference_us=reference_us))
    console.print(_table(rows + whole))
    console.print(f"codec: {native.codec()}", highlight=False)
    if json_file is not None:
        json_file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def _table(rows: list[dict[str, Any]]) -> Table:
    shown = Table(title="microseconds of CPU time, and how much faster than the reference codec", title_justify="left")
    for column in ("operation", "octets", "reference", "native", "", "Python", ""):
        shown.add_column(column, justify="left" if column == "operation" else "right")
    for name in dict.fromkeys(row["op"] for row in rows):
        by = {row["native"]: row for row in rows if row["op"] == name}
        cells = [cell for kind in (True, False) for cell in _cells_of(by.get(kind))]
        first = next(iter(by.values()))
        shown.add_row(name, str(first["bytes"]), f"{first['reference_us']:.1f}", *cells)
    return shown


def _cells_of(row: dict[str, Any] | None) -> tuple[str, str]:
    return ("–", "") if row is None else (f"{row['fast_us']:.2f}", f"{row['ratio']:.0f}×")
