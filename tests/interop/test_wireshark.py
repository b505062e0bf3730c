"""Every message that we can send, with real payloads, is what it should be to Wireshark."""

from __future__ import annotations

from pathlib import Path

import pytest

from ricloop.core.dialect import STANDARD
from ricloop.e2ap import V2, encode
from ricloop.e2ap.messages import (
    ActionToBeSetup,
    E2SetupRequest,
    Message,
    RicControlAcknowledge,
    RicControlRequest,
    RicIndication,
    RicSubscriptionDeleteRequired,
    RicSubscriptionRequest,
)
from ricloop.e2sm.rc import codec as rc
from ricloop.transport.capture import CaptureWriter
from tests.interop import rc_samples
from tests.interop.wireshark import Frame, assert_dissects, complaints, dissect, folder
from tests.vectors import messages as some
from tests.vectors.messages import MESSAGES

NODE, RIC = ("127.0.0.1", 40001), ("127.0.0.1", 36421)

UNREAD = frozenset((RicSubscriptionDeleteRequired,))
"""Wireshark 4.4 knows this procedure's code but not its message; pycrate and Erlang read it."""

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    folder()
    path = tmp_path_factory.mktemp("capture") / "every.pcap"
    with CaptureWriter(path) as writer:
        for number, message in enumerate(MESSAGES):
            writer.write(encode(message), source=NODE, destination=RIC, time_ns=1_700_000_000_000_000_000 + number)
    return assert_dissects(path)


def test_every_message_has_its_name(frames: list[Frame]) -> None:
    # In the tree: the packet list of Wireshark 4.4 has no name for the procedures of v2 and v3, and a wrong one for
    # E2nodeConfigurationUpdate.
    for frame, message in zip(frames, MESSAGES, strict=True):
        assert (V2.by_class[type(message)].name in frame.labels) is (type(message) not in UNREAD)


def test_nothing_is_malformed(frames: list[Frame]) -> None:
    for frame in frames:
        assert not complaints(frame), frame.info


@pytest.mark.parametrize(
    ("message", "labels"),
    [
        ("E2setupRequest", ("ranFunction-ShortName: ORAN-E2SM-KPM", "measName: RRU.PrbTotDl")),
        ("E2setupRequest", ("ranFunction-ShortName: ORAN-E2SM-RC", "ric-ControlAction-Name: Handover Control")),
        ("RICsubscriptionRequest", ("reportingPeriod: 100", "measName: RRC.ConnMean", "granulPeriod: 100")),
        ("RICsubscriptionRequest", ("matchingUEidList: 2 items", "gNB-CU-UE-F1AP-ID: 8")),
        ("RICsubscriptionRequest", ("ricSubsequentActionType: wait (1)", "ricTimeToWait: w10ms (3)")),
        ("RICindication", ("integer: 42", "real: 1.5", "MeasurementRecordItem: noValue (2)", "granulPeriod: 100")),
        ("RICindication", ("ueMeasReportList: 2 items", "amf-UE-NGAP-ID: 7", "real: 99.5")),
        ("RICcontrolRequest", ("ric-Style-Type: 3", "ric-ControlAction-ID: 1", "valueOctS: 0000f110000019b030")),
        ("RICcontrolAcknowledge", ("controlOutcome-Format1",)),
        ("RICsubscriptionFailure", ("ricRequest: action-not-supported (1)", "typeOfError: missing (1)")),
        ("E2setupFailure", ("TimeToWait: v10s (3)",)),
        ("E2setupResponse", ("updateOutcome: failure (1)", "amf-name: amf1")),
        ("ResetRequest", ("misc: om-intervention (2)",)),
        ("RICserviceUpdate", ("Item 2: id-RANfunctionsModified", "Item 3: id-RANfunctionsDeleted")),
        ("E2nodeConfigurationUpdate", ("Item 5: id-E2nodeTNLassociationRemoval",)),
        ("E2connectionUpdateAcknowledge", ("tnlUsage: support-function (1)",)),
        ("RICsubscriptionModificationRequest", ("ricTimeToWait: w20ms (4)", "ricTimeToWait: w1s (11)")),
        ("RICsubscriptionModificationRequired", ("ricTimeToWait: w50ms (7)",)),
        ("RICQueryFailure", ("typeOfError: missing (1)",)),
    ],
)
def test_its_content_is_what_we_meant(frames: list[Frame], message: str, labels: tuple[str, ...]) -> None:
    assert any({message, *labels} <= set(frame.labels) for frame in frames)


V5 = frozenset(
    (
        ("control header", "Format 3"),
        ("control header", "Format 4"),
        ("control message", "Format 3"),
        ("control message", "Format 4"),
        ("control message", "Format 5"),
        ("event trigger", "Format 4"),
        ("event trigger", "Format 5 of v5"),
        ("indication message", "Format 4 of v5"),
    )
)
"""Wireshark 4.4 reads E2SM-RC v1.03: what v5 added (the triggers among Format 4's), it does not know."""


TOO_LONG = "too long integer(per_integer)"
"""Wireshark holds integers of at most four octets; RAN parameters have no bounds."""


def carrying(kind: str, octets: bytes) -> Message | None:
    """A message with this payload of RC, None for a kind that Wireshark does not look into."""
    ids = {"request_id": some.REQUEST, "function_id": some.RC.id}
    trigger = rc.encode_event_trigger(rc.OnDemand())
    action = rc.encode_action_definition(rc.ReportAction(5, rc.asked(1)))
    if kind in ("event trigger", "action definition"):
        trigger, action = (octets, action) if kind == "event trigger" else (trigger, octets)
        return RicSubscriptionRequest(**ids, event_trigger=trigger, actions=(ActionToBeSetup(id=1, definition=action),))
    header, message = (
        rc.encode_indication_header(rc.ReportHeader(1)),
        rc.encode_indication_message(rc.InsertMessage({})),
    )
    if kind in ("indication header", "indication message"):
        header, message = (octets, message) if kind == "indication header" else (header, octets)
        return RicIndication(**ids, action_id=1, sequence=1, header=header, message=message)
    header, message = some._CONTROL_HEADER, rc.encode_control_message(rc.ControlMessage())
    if kind in ("control header", "control message", "call process id"):
        process = octets if kind == "call process id" else None
        header, message = (
            (octets if kind == "control header" else header),
            (octets if kind == "control message" else message),
        )
        return RicControlRequest(**ids, header=header, message=message, call_process_id=process)
    return RicControlAcknowledge(**ids, outcome=octets) if kind == "control outcome" else None


def test_rc_of_every_format_of_v1_is_well_formed(tmp_path: Path) -> None:
    folder()
    path = tmp_path / "rc.pcap"
    drawn = [(kind, name, octets) for kind, name, octets in rc_samples.octets(STANDARD) if (kind, name) not in V5]
    carried = [(kind, name, message) for kind, name, octets in drawn if (message := carrying(kind, octets)) is not None]
    assert len(carried) > 150
    with CaptureWriter(path) as writer:
        setup = next(message for message in MESSAGES if isinstance(message, E2SetupRequest))
        for number, message in enumerate([setup, *(message for _, _, message in carried)]):
            writer.write(encode(message), source=NODE, destination=RIC, time_ns=1_700_000_000_000_000_000 + number)
    read: set[tuple[str, str]] = set()
    for (kind, name, _), frame in zip(carried, dissect(path)[1:], strict=True):
        if TOO_LONG in frame.info:
            continue
        assert any(rc_samples.TYPES[kind] in label for label in frame.labels), (kind, name, frame.labels)
        assert not complaints(frame, quotations=False), (kind, name, frame.info)
        read.add((kind, name))
    assert read == {(kind, name) for kind, name, _ in carried}
