"""The service models' decoders, in every dialect: the first octet of an input says which kind of message follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ricloop import asn1
from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.configuration import saving_of
from ricloop.e2sm.ccc.model import Ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.infer import infer
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.model import Kpm
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.model import Rc
from tests.fuzz.target import Reader, Target, one_of
from tests.vectors import VECTORS

_NAMES = tuple(Measurement(f"Some.Metric{n}") for n in range(3))
_ACTIONS = tuple(kpm.ActionDefinition(style=style, measurements=_NAMES, granularity_ms=100) for style in (1, 3, 4))
_OLD = Dialect(kpm_time_octets=4)
_TIME = kpm.encode_indication_header(0)


def _kpm(dialect: Dialect) -> tuple[tuple[str, Reader], ...]:
    """By the type that each reads."""
    message = "E2SM-KPM-IndicationMessage"
    return (
        ("E2SM-KPM-RANfunction-Description", Kpm().describe),
        ("E2SM-KPM-EventTriggerDefinition", kpm.decode_event_trigger),
        ("E2SM-KPM-ActionDefinition", partial(kpm.decode_action_definition, dialect=dialect)),
        ("E2SM-KPM-IndicationHeader", partial(kpm.decode_indication_header, dialect=dialect)),
        ("E2SM-KPM-IndicationHeader-v2", partial(kpm.decode_indication_header, dialect=_OLD)),
        *((message, partial(kpm.decode_message, action=action, dialect=dialect)) for action in _ACTIONS),
        *((message, partial(infer, _TIME, action=action, assumed=dialect)) for action in _ACTIONS),
    )


def _rc(dialect: Dialect) -> tuple[tuple[str, Reader], ...]:
    return (
        ("E2SM-RC-RANFunctionDefinition", Rc().describe),
        ("E2SM-RC-EventTrigger", rc.decode_event_trigger),
        ("E2SM-RC-ActionDefinition", partial(rc.decode_action_definition, dialect=dialect)),
        ("E2SM-RC-IndicationHeader", partial(rc.decode_indication_header, dialect=dialect)),
        ("E2SM-RC-IndicationMessage", partial(rc.decode_indication_message, dialect=dialect)),
        ("E2SM-RC-ControlHeader", partial(rc.decode_control_header, dialect=dialect)),
        ("E2SM-RC-ControlMessage", partial(rc.decode_control_message, dialect=dialect)),
        ("E2SM-RC-ControlOutcome", partial(rc.decode_control_outcome, dialect=dialect)),
        ("E2SM-RC-CallProcessID", rc.decode_call_process_id),
        ("E2SM-RC-QueryHeader", rc.decode_query_header),
        ("E2SM-RC-QueryDefinition", rc.decode_query_definition),
        ("E2SM-RC-QueryOutcome", rc.decode_query_outcome),
        ("E2SM-RC-ControlMessage", rc.decode_handover),
    )


def _rc_v5() -> tuple[tuple[str, Reader], ...]:
    """As the module of v5 has them: what `decode_event_trigger` and `decode_indication_message` fall back on, and all
    else in its shape."""
    return tuple((name, partial(asn1.RC_V5.decode, name)) for name, _ in _rc(STANDARD)[:-1])


def _seeds(readers: tuple[tuple[str, Reader], ...], *syntaxes: str) -> Iterator[bytes]:
    for number, (name, _) in enumerate(readers):
        for vector in VECTORS:
            if vector.type == name and vector.syntax in syntaxes:
                yield bytes((number,)) + vector.octets


def _asn1(title: str, readers: tuple[tuple[str, Reader], ...], *syntaxes: str) -> Target:
    return Target(title, one_of([reader for _, reader in readers]), partial(_seeds, readers, *syntaxes))


_HEADERS = tuple(b'{"controlHeaderFormat":{"ricStyleType":%d}}' % style for style in (1, 2))
_MESSAGE = b'{"controlMessageFormat":{"listOfCellsControlled":[]}}'


def _controls(header: bytes, message: bytes) -> None:
    for control in ccc.decode_control(header, message):
        control.saving()


def _definition(data: bytes) -> None:
    definition = ccc.decode_function_definition(data)
    for cell in (None, *definition.cells):
        definition.offers(cell, "O-CESManagementFunction", "energySavingState", "reportService")


def _outcome(data: bytes) -> None:
    outcome = ccc.decode_outcome(data)
    outcome.accepted()
    outcome.failed()


_CCC: tuple[tuple[str, Reader], ...] = (
    ("RAN function definition", _definition),
    ("event trigger", ccc.decode_event_trigger),
    ("action definition", lambda data: ccc.decode_action_definition(data).cells),
    ("indication header", lambda data: ccc.decode_indication_header(data).time),
    ("indication message", lambda data: saving_of(ccc.decode_indication_message(data).entries())),
    ("control header", lambda data: _controls(data, _MESSAGE)),
    ("control message", lambda data: _controls(_HEADERS[0], data)),
    ("control message", lambda data: _controls(_HEADERS[1], data)),
    ("control outcome", _outcome),
    ("query header", ccc.decode_query_header),
    ("query definition", ccc.decode_query_definition),
    ("query outcome", lambda data: ccc.decode_query_outcome(data).entries()),
)


def _ccc_seeds() -> Iterator[bytes]:
    for sample in Ccc().samples().messages:
        for number, (kind, _) in enumerate(_CCC):
            if sample.title.endswith(kind) or f"{kind} " in sample.title:
                yield bytes((number,)) + sample.octets


def _ccc_words() -> set[bytes]:
    """Every text of the samples, and numbers and brackets at their limits."""
    texts = (text for sample in Ccc().samples().messages for text in re.findall(rb'"[^"]*"', sample.octets))
    return {*texts, b"null", b"1e999", b"18446744073709551616", b'"\\ud800"', b"[" * 64, b"{}"}


TARGETS: dict[str, Target] = {
    "kpm": _asn1("KPM, standard", _kpm(STANDARD), "KPM"),
    "kpm-flexric": _asn1("KPM, FlexRIC's dialect", _kpm(FLEXRIC), "KPM", "KPM_FLEXRIC"),
    "rc": _asn1("RC v1.03, standard", _rc(STANDARD), "RC", "RC_V5"),
    "rc-flexric": _asn1("RC, FlexRIC's dialect", _rc(FLEXRIC), "RC", "RC_FLEXRIC"),
    "rc-v5": _asn1("RC v5.00 by its own module", _rc_v5(), "RC", "RC_V5"),
    "ccc": Target("CCC", one_of([reader for _, reader in _CCC]), _ccc_seeds, _ccc_words),
}
