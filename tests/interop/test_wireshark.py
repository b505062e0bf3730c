"""Every message that we can send, with real payloads, is what it should be to Wireshark."""

from __future__ import annotations

import pytest

from ricloop.e2ap import encode
from ricloop.e2ap.messages import RicSubscriptionDeleteRequired
from ricloop.e2ap.procedures import BY_CLASS
from ricloop.transport.capture import PcapWriter
from tests.interop.wireshark import Frame, assert_dissects, complaints, folder
from tests.vectors.messages import MESSAGES

NODE, RIC = ("127.0.0.1", 40001), ("127.0.0.1", 36421)

UNREAD = frozenset((RicSubscriptionDeleteRequired,))
"""Wireshark 4.4 knows this procedure's code but not its message; pycrate and Erlang read it."""

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    folder()
    path = tmp_path_factory.mktemp("capture") / "every.pcap"
    with PcapWriter(path) as writer:
        for number, message in enumerate(MESSAGES):
            writer.write(encode(message), source=NODE, destination=RIC, time_ns=1_700_000_000_000_000_000 + number)
    return assert_dissects(path)


def test_every_message_has_its_name(frames: list[Frame]) -> None:
    # In the tree: the packet list of Wireshark 4.4 has no name for the procedures of v2 and v3, and a wrong one for
    # E2nodeConfigurationUpdate.
    for frame, message in zip(frames, MESSAGES, strict=True):
        assert (BY_CLASS[type(message)].name in frame.labels) is (type(message) not in UNREAD)


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
