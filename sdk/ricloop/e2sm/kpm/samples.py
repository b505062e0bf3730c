"""Example messages of KPM."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ricloop.core.dialect import STANDARD
from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from ricloop.core.time import ms
from ricloop.e2sm.kpm import codec, fast, feeds, reference
from ricloop.e2sm.kpm.metric import Measurement, Metric
from ricloop.e2sm.samples import Indicated, Sample, Samples

_PLMN = Plmn("001", "01")
_CELL = Cgi(_PLMN, 0x123456789).packed
_UES = (UeId(f1ap=(7,)), UeId(amf_ue_ngap_id=70_000, guami=Guami(_PLMN, 128, 1, 1), f1ap=(300,)))
_CELL_VALUES = (42.0, 1.5, math.nan)
_UE_VALUES = ((-90.25, math.nan), (math.nan, 70_000.0))
_TIME = 1_700_000_000_123_456_789

_CELL_ACTION = codec.ActionDefinition(
    style=1,
    measurements=tuple(Measurement(name) for name in ("RRU.PrbTotDl", "DRB.UEThpDl", "RRC.ConnMean")),
    granularity_ms=100,
    cell=_CELL,
)
_UE_ACTION = codec.ActionDefinition(
    style=4, measurements=(Measurement("RSRP"), Measurement("CQI")), granularity_ms=100, cell=_CELL
)


def samples() -> Samples:
    cell_names = [one.name for one in _CELL_ACTION.measurements]
    ue_names = [one.name for one in _UE_ACTION.measurements]
    definition = codec.encode_function_definition(codec.definition_of(cell_names, ue_names))
    header = codec.encode_indication_header(_TIME)
    cell_message, ue_message = codec.encode_cell_message(_CELL_VALUES), codec.encode_ue_message(_UES, _UE_VALUES)
    return Samples(
        definition,
        (
            Sample(
                "RAN function definition",
                definition,
                codec.decode_function_definition,
                codec.encode_function_definition,
            ),
            Sample(
                "event trigger", codec.encode_event_trigger(100), codec.decode_event_trigger, codec.encode_event_trigger
            ),
            Sample(
                "action definition",
                codec.encode_action_definition(_UE_ACTION),
                codec.decode_action_definition,
                codec.encode_action_definition,
            ),
            Sample(
                "indication header",
                header,
                lambda octets: reference.decode_header(octets, STANDARD),
                lambda time: reference.encode_header(time, STANDARD),
                lambda octets: fast.decode_header(octets, STANDARD.kpm_time_octets),
            ),
            Sample("cell message", cell_message, _judged_cell, reference.encode_cell, _fast_cell),
            Sample("UE message", ue_message, _judged_ues, lambda rows: reference.encode_ues(*rows), _fast_ues),
        ),
        (
            Indicated(feeds.every(ms(100), *map(Metric, cell_names)), header, cell_message),
            Indicated(feeds.every_ue(ms(100), *map(Metric, ue_names)), header, ue_message),
        ),
    )


def _judged_cell(octets: bytes) -> list[float]:
    values: list[float] = reference.decode_message(octets, _CELL_ACTION).values.tolist()
    return values


def _fast_cell(octets: bytes) -> list[float] | None:
    values = fast.decode_cell(octets)
    if values is None or len(values) != len(_CELL_ACTION.measurements):
        return None
    single: list[float] = np.array(values, np.float32).tolist()
    return single


def _judged_ues(octets: bytes) -> tuple[Any, ...]:
    records = reference.decode_message(octets, _UE_ACTION)
    return (records.ues if isinstance(records, codec.UeRecords) else ()), records.values.tolist()


def _fast_ues(octets: bytes) -> tuple[Any, ...] | None:
    found = fast.decode_ues(octets)
    if found is None or found[2] != len(_UE_ACTION.measurements):
        return None
    return found[0], np.array(found[1], np.float32).reshape(-1, found[2]).tolist()
