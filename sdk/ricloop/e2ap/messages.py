"""E2AP messages as values: one frozen dataclass per message (O-RAN.WG3.E2AP v2.03 and v3.01, clause 9.1).

A table, as long as theirs: first what messages hold, then the messages. Names are the specification's, in Python's
spelling. What cannot be valid cannot be encoded: ranges are checked by the codec. Octet strings that belong to a
service model stay `bytes` here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from ricloop.core.ids import NodeId, Plmn


class ActionType(Enum):
    """RICactionType."""

    REPORT = "report"
    INSERT = "insert"
    POLICY = "policy"


class AckRequest(Enum):
    """RICcontrolAckRequest."""

    NO_ACK = "noAck"
    ACK = "ack"
    NACK = "nAck"
    """v1 only: an answer only where it fails."""


class RequestId(NamedTuple):
    """RICrequestID: who asked (`requestor`) and which of its requests (`instance`); each 0..65535."""

    requestor: int
    instance: int

    def __str__(self) -> str:
        return f"{self.requestor}/{self.instance}"


@dataclass(frozen=True, slots=True)
class Cause:
    """Cause: group (`ricRequest ricService e2Node transport protocol misc`) and value, as in clause 9.2.1."""

    group: str
    value: str

    def __str__(self) -> str:
        return f"{self.group}: {self.value}"


@dataclass(frozen=True, slots=True)
class GlobalRicId:
    """GlobalRIC-ID; `value` has 20 bits."""

    plmn: Plmn
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RanFunction:
    """RANfunction-Item: `definition` is the service model's own description."""

    id: int
    revision: int = 0
    oid: str
    definition: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentConfig:
    """E2nodeComponentConfigAddition-Item: one interface of the node, and its set-up exchange.

    `component` is the E2nodeComponentID as (alternative, value): `("nG", amf name)`, `("f1", gNB-DU id)`,
    `("e1", gNB-CU-UP id)`, `("xn", NodeId)`, `("s1", mme name)`, `("x2", raw value)`, `("w1", ngENB-DU id)`.
    """

    interface: str
    """`ng xn e1 f1 w1 s1 x2`."""
    component: tuple[str, object]
    request: bytes = b""
    response: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentConfigAck:
    """E2nodeComponentConfigAdditionAck-Item; `failure` is None on success."""

    interface: str
    component: tuple[str, object]
    failure: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentUpdate:
    """v1's E2nodeComponentConfigUpdate-Item: a part of the node by what it is, and its interfaces' configuration."""

    type: str
    """`gNB gNB-CU-UP gNB-DU en-gNB eNB ng-eNB`."""
    unit: int | None = None
    """gNB-CU-UP or gNB-DU id."""
    kind: str = "gNB"
    """`gNB en-gNB ng-eNB eNB`: which interfaces `parts` may name."""
    parts: tuple[tuple[str, bytes], ...] = ()
    """`ngAP xnAP e1AP f1AP`, `x2AP` or `s1AP`, each with that interface's own message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentUpdateAck:
    """v1's E2nodeComponentConfigUpdateAck-Item; `failure` is None on success."""

    type: str
    unit: int | None = None
    failure: Cause | None = None


@dataclass(frozen=True, slots=True)
class FunctionCause:
    """RANfunctionIEcause-Item."""

    id: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class FunctionId:
    """RANfunctionID-Item."""

    id: int
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalityDiagnostics:
    """CriticalityDiagnostics; `ies` holds (criticality, IE id, type of error)."""

    procedure_code: int | None = None
    triggering_message: str | None = None
    procedure_criticality: str | None = None
    request_id: RequestId | None = None
    ies: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsequentAction:
    """RICsubsequentAction: what the node does after an insert; `time_to_wait` as `w10ms`."""

    type: str
    time_to_wait: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionToBeSetup:
    """RICaction-ToBeSetup-Item."""

    id: int
    type: ActionType = ActionType.REPORT
    definition: bytes | None = None
    subsequent: SubsequentAction | None = None
    execution_order: int | None = None
    """v3: 0..255."""


@dataclass(frozen=True, slots=True)
class ActionNotAdmitted:
    """RICaction-NotAdmitted-Item."""

    id: int
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionToBeModified:
    """RICaction-ToBeModifiedForModification-Item (v3); None leaves a part as it is."""

    id: int
    definition: bytes | None = None
    execution_order: int | None = None
    subsequent: SubsequentAction | None = None


@dataclass(frozen=True, slots=True)
class ActionTimeToWait:
    """RICaction-RequiredToBeModified-Item (v3); `time_to_wait` as `w10ms`."""

    id: int
    time_to_wait: str


@dataclass(frozen=True, slots=True)
class SubscriptionCause:
    """RICsubscription-withCause-Item: a subscription that the node gives up, and why."""

    request_id: RequestId
    function_id: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class ComponentRemoval:
    """E2nodeComponentConfigRemoval-Item; `component` as in `ComponentConfig`."""

    interface: str
    component: tuple[str, object]


@dataclass(frozen=True, slots=True)
class TnlInformation:
    """TNLinformation: a transport address as TS 38.414 5.1 has it (32 bits IPv4, 128 IPv6, 160 both), and a port."""

    address: bytes
    port: int | None = None
    bits: int | None = None
    """Length of the address where it is no whole number of octets."""


@dataclass(frozen=True, slots=True)
class TnlUse:
    """E2connectionUpdate-Item: `usage` is `ric-service`, `support-function` or `both`."""

    tnl: TnlInformation
    usage: str


@dataclass(frozen=True, slots=True)
class TnlCause:
    """E2connectionSetupFailed-Item."""

    tnl: TnlInformation
    cause: Cause


@dataclass(frozen=True, slots=True)
class TnlAssociation:
    """E2nodeTNLassociationRemoval-Item: the node's end and the RIC's."""

    node: TnlInformation
    ric: TnlInformation


class Message:
    """Any message that a session can send or receive."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Functional(Message):
    """What every message of a functional procedure has: whose request, and of which RAN function."""

    request_id: RequestId
    function_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _FunctionalFailure(_Functional):
    cause: Cause
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Global(Message):
    """What every message of a global procedure has."""

    transaction_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure(_Global):
    """What the failure of a global procedure has, where the sender may try again."""

    cause: Cause
    time_to_wait_s: int | None = None
    """One of 1, 2, 5, 10, 20, 60 seconds."""
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class E2SetupRequest(_Global):
    node: NodeId
    functions: tuple[RanFunction, ...]
    components: tuple[ComponentConfig | ComponentUpdate, ...]
    """v1 has `ComponentUpdate`, maybe none; later versions `ComponentConfig`, at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class E2SetupResponse(_Global):
    ric: GlobalRicId
    accepted: tuple[FunctionId, ...] = ()
    rejected: tuple[FunctionCause, ...] = ()
    components: tuple[ComponentConfigAck | ComponentUpdateAck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class E2SetupFailure(_Failure):
    tnl: TnlInformation | None = None
    """Where the RIC wants the node to connect instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorIndication(Message):
    transaction_id: int | None = None
    request_id: RequestId | None = None
    function_id: int | None = None
    cause: Cause | None = None
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRequest(_Global):
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetResponse(_Global):
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionRequest(_Functional):
    event_trigger: bytes
    actions: tuple[ActionToBeSetup, ...]
    start_time: bytes | None = None
    """v3: NTP time, 8 octets."""
    end_time: bytes | None = None
    """v3: NTP time, 8 octets."""
    criticality: str | None = None
    """The procedure's, where the sender marks it otherwise than the standard (kpimon-go says `ignore`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionResponse(_Functional):
    admitted: tuple[int, ...]
    not_admitted: tuple[ActionNotAdmitted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionFailure(_FunctionalFailure):
    not_admitted: tuple[ActionNotAdmitted, ...] = ()
    """v1 has this instead of the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionDeleteRequest(_Functional):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionDeleteResponse(_Functional):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionDeleteFailure(_FunctionalFailure):
    pass


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class RicIndication(Message):
    request_id: RequestId
    function_id: int
    action_id: int
    sequence: int | None = None
    """RICindicationSN, 0..65535, wraps."""
    type: ActionType = ActionType.REPORT
    """REPORT or INSERT."""
    header: bytes
    message: bytes
    call_process_id: bytes | None = None


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class RicControlRequest(Message):
    request_id: RequestId
    function_id: int
    call_process_id: bytes | None = None
    header: bytes
    message: bytes
    ack: AckRequest | None = None


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class RicControlAcknowledge(Message):
    request_id: RequestId
    function_id: int
    call_process_id: bytes | None = None
    status: str = "success"
    """v1 only: `success`, `rejected` or `failed`."""
    outcome: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RicControlFailure(_FunctionalFailure):
    call_process_id: bytes | None = None
    outcome: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RicServiceQuery(_Global):
    """The RIC asks which functions there are; `accepted` are those that it holds."""

    accepted: tuple[FunctionId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicServiceUpdate(_Global):
    added: tuple[RanFunction, ...] = ()
    modified: tuple[RanFunction, ...] = ()
    deleted: tuple[FunctionId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicServiceUpdateAcknowledge(_Global):
    accepted: tuple[FunctionId, ...] = ()
    rejected: tuple[FunctionCause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicServiceUpdateFailure(_Failure):
    rejected: tuple[FunctionCause, ...] = ()
    """v1 has this instead of the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class E2NodeConfigurationUpdate(_Global):
    node: NodeId | None = None
    added: tuple[ComponentConfig, ...] = ()
    updated: tuple[ComponentConfig | ComponentUpdate, ...] = ()
    removed: tuple[ComponentRemoval, ...] = ()
    tnl_removed: tuple[TnlAssociation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class E2NodeConfigurationUpdateAcknowledge(_Global):
    added: tuple[ComponentConfigAck, ...] = ()
    updated: tuple[ComponentConfigAck | ComponentUpdateAck, ...] = ()
    removed: tuple[ComponentConfigAck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class E2NodeConfigurationUpdateFailure(_Failure):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class E2ConnectionUpdate(_Global):
    added: tuple[TnlUse, ...] = ()
    removed: tuple[TnlInformation, ...] = ()
    modified: tuple[TnlUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class E2ConnectionUpdateAcknowledge(_Global):
    setup: tuple[TnlUse, ...] = ()
    failed: tuple[TnlCause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class E2ConnectionUpdateFailure(_Global):
    cause: Cause | None = None
    time_to_wait_s: int | None = None
    """One of 1, 2, 5, 10, 20, 60 seconds."""
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class E2RemovalRequest(_Global):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class E2RemovalResponse(_Global):
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class E2RemovalFailure(_Global):
    cause: Cause
    diagnostics: CriticalityDiagnostics | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionDeleteRequired(Message):
    """v2: the node asks the RIC to delete subscriptions; at least one, at most 1024."""

    subscriptions: tuple[SubscriptionCause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionModificationRequest(_Functional):
    """v3. An action to be added needs its `definition` and `execution_order`; at most 16 actions in each list."""

    event_trigger: bytes | None = None
    remove: tuple[int, ...] = ()
    modify: tuple[ActionToBeModified, ...] = ()
    add: tuple[ActionToBeSetup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionModificationResponse(_Functional):
    """v3: action ids, and for what was not done why not."""

    removed: tuple[int, ...] = ()
    not_removed: tuple[ActionNotAdmitted, ...] = ()
    modified: tuple[int, ...] = ()
    not_modified: tuple[ActionNotAdmitted, ...] = ()
    added: tuple[int, ...] = ()
    not_added: tuple[ActionNotAdmitted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionModificationFailure(_FunctionalFailure):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionModificationRequired(_Functional):
    """v3: the node asks for another time to wait of insert actions, or to remove actions, each with its cause."""

    modify: tuple[ActionTimeToWait, ...] = ()
    remove: tuple[ActionNotAdmitted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionModificationConfirm(_Functional):
    modified: tuple[int, ...] = ()
    not_modified: tuple[ActionNotAdmitted, ...] = ()
    removed: tuple[int, ...] = ()
    not_removed: tuple[ActionNotAdmitted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RicSubscriptionModificationRefuse(_FunctionalFailure):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RicQueryRequest(_Functional):
    """v3. `header` and `definition` are the service model's."""

    header: bytes
    definition: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RicQueryResponse(_Functional):
    outcome: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RicQueryFailure(_FunctionalFailure):
    pass
