"""Every elementary procedure and its messages (E2AP clauses 8 and 9.1), as a table.

An IE is written `attribute:id`, criticality (`r`eject, `i`gnore, `n`otify) and presence (`M`andatory, `O`ptional), in
the order in which it is sent. `attribute` is the one of the message's dataclass; two, joined by `+`, share an IE.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ricloop.e2ap import messages as m

_CRITICALITY = {"r": "reject", "i": "ignore", "n": "notify"}


@dataclass(frozen=True, slots=True)
class Field:
    """One IE of one message, and the attributes that have its value."""

    attributes: tuple[str, ...]
    id: int
    criticality: str
    mandatory: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One message. `kind` is the alternative of E2AP-PDU; `cls` is the dataclass that stands for it."""

    code: int
    kind: str
    criticality: str
    name: str
    fields: tuple[Field, ...]
    cls: type

    @property
    def mandatory(self) -> frozenset[int]:
        """Ids of its mandatory IEs."""
        return frozenset(field.id for field in self.fields if field.mandatory)


def _fields(text: str) -> tuple[Field, ...]:
    fields = []
    for written in text.split():
        attributes, ie = written.split(":")
        fields.append(Field(tuple(attributes.split("+")), int(ie[:-2]), _CRITICALITY[ie[-2]], ie[-1] == "M"))
    return tuple(fields)


_KINDS = ("initiatingMessage", "successfulOutcome", "unsuccessfulOutcome")
_REQUEST = "request_id:29rM function_id:5rM"
"""RICrequestID and RANfunctionID, with which every functional message begins."""

# code, criticality of the procedure, then (name, IEs, class) of each message, in the order of `_KINDS`
_TABLE: tuple[tuple[int, str, tuple[tuple[str, str, type], ...]], ...] = (
    (1, "reject", (
        ("E2setupRequest",
         "transaction_id:49rM node:3rM functions:10rM components:50rM", m.E2SetupRequest),
        ("E2setupResponse",
         "transaction_id:49rM ric:4rM accepted:9rO rejected:13rO components:52rM", m.E2SetupResponse),
        ("E2setupFailure",
         "transaction_id:49rM cause:1iM time_to_wait_s:31iO diagnostics:2iO tnl:48iO", m.E2SetupFailure),
    )),
    (2, "ignore", (
        ("ErrorIndication",
         "transaction_id:49rO request_id:29rO function_id:5rO cause:1iO diagnostics:2iO", m.ErrorIndication),
    )),
    (3, "reject", (
        ("ResetRequest", "transaction_id:49rM cause:1iM", m.ResetRequest),
        ("ResetResponse", "transaction_id:49rM diagnostics:2iO", m.ResetResponse),
    )),
    (4, "reject", (
        ("RICcontrolRequest",
         f"{_REQUEST} call_process_id:20rO header:22rM message:23rM ack:21rO", m.RicControlRequest),
        ("RICcontrolAcknowledge", f"{_REQUEST} call_process_id:20rO outcome:32rO", m.RicControlAcknowledge),
        ("RICcontrolFailure",
         f"{_REQUEST} call_process_id:20rO cause:1iM outcome:32rO diagnostics:2iO", m.RicControlFailure),
    )),
    (5, "ignore", (
        ("RICindication",
         f"{_REQUEST} action_id:15rM sequence:27rO type:28rM header:25rM message:26rM call_process_id:20rO",
         m.RicIndication),
    )),
    (6, "ignore", (("RICserviceQuery", "transaction_id:49rM accepted:9rO", m.RicServiceQuery),)),
    (7, "reject", (
        ("RICserviceUpdate",
         "transaction_id:49rM added:10rO modified:12rO deleted:11rO", m.RicServiceUpdate),
        ("RICserviceUpdateAcknowledge",
         "transaction_id:49rM accepted:9rO rejected:13rO", m.RicServiceUpdateAcknowledge),
        ("RICserviceUpdateFailure",
         "transaction_id:49rM cause:1rM time_to_wait_s:31iO diagnostics:2iO", m.RicServiceUpdateFailure),
    )),
    (8, "reject", (
        ("RICsubscriptionRequest",
         f"{_REQUEST} event_trigger+actions:30rM start_time:62rO end_time:63rO", m.RicSubscriptionRequest),
        ("RICsubscriptionResponse", f"{_REQUEST} admitted:17rM not_admitted:18rO", m.RicSubscriptionResponse),
        ("RICsubscriptionFailure", f"{_REQUEST} cause:1rM diagnostics:2iO", m.RicSubscriptionFailure),
    )),
    (9, "reject", (
        ("RICsubscriptionDeleteRequest", _REQUEST, m.RicSubscriptionDeleteRequest),
        ("RICsubscriptionDeleteResponse", _REQUEST, m.RicSubscriptionDeleteResponse),
        ("RICsubscriptionDeleteFailure",
         f"{_REQUEST} cause:1iM diagnostics:2iO", m.RicSubscriptionDeleteFailure),
    )),
    (10, "reject", (
        ("E2nodeConfigurationUpdate",
         "transaction_id:49rM node:3rO added:50rO updated:33rO removed:54rO tnl_removed:58rO",
         m.E2NodeConfigurationUpdate),
        ("E2nodeConfigurationUpdateAcknowledge",
         "transaction_id:49rM added:52rO updated:35rO removed:56rO", m.E2NodeConfigurationUpdateAcknowledge),
        ("E2nodeConfigurationUpdateFailure",
         "transaction_id:49rM cause:1iM time_to_wait_s:31iO diagnostics:2iO", m.E2NodeConfigurationUpdateFailure),
    )),
    (11, "reject", (
        ("E2connectionUpdate",
         "transaction_id:49rM added:44rO removed:46rO modified:45rO", m.E2ConnectionUpdate),
        ("E2connectionUpdateAcknowledge",
         "transaction_id:49rM setup:39rO failed:40rO", m.E2ConnectionUpdateAcknowledge),
        ("E2connectionUpdateFailure",
         "transaction_id:49rM cause:1rO time_to_wait_s:31iO diagnostics:2iO", m.E2ConnectionUpdateFailure),
    )),
    (12, "ignore", (("RICsubscriptionDeleteRequired", "subscriptions:60iM", m.RicSubscriptionDeleteRequired),)),
    (13, "reject", (
        ("E2RemovalRequest", "transaction_id:49rM", m.E2RemovalRequest),
        ("E2RemovalResponse", "transaction_id:49rM diagnostics:2iO", m.E2RemovalResponse),
        ("E2RemovalFailure", "transaction_id:49rM cause:1iM diagnostics:2iO", m.E2RemovalFailure),
    )),
    (14, "reject", (
        ("RICsubscriptionModificationRequest",
         f"{_REQUEST} event_trigger:64iO remove:65iO modify:67iO add:69iO", m.RicSubscriptionModificationRequest),
        ("RICsubscriptionModificationResponse",
         f"{_REQUEST} removed:71iO not_removed:73iO modified:75iO not_modified:77iO added:79iO not_added:81iO",
         m.RicSubscriptionModificationResponse),
        ("RICsubscriptionModificationFailure",
         f"{_REQUEST} cause:1rM diagnostics:2iO", m.RicSubscriptionModificationFailure),
    )),
    (15, "reject", (
        ("RICsubscriptionModificationRequired",
         f"{_REQUEST} modify:83iO remove:85iO", m.RicSubscriptionModificationRequired),
        ("RICsubscriptionModificationConfirm",
         f"{_REQUEST} modified:87iO not_modified:89iO removed:91iO not_removed:93iO",
         m.RicSubscriptionModificationConfirm),
        ("RICsubscriptionModificationRefuse",
         f"{_REQUEST} cause:1rM diagnostics:2iO", m.RicSubscriptionModificationRefuse),
    )),
    (16, "reject", (
        ("RICQueryRequest", f"{_REQUEST} header:95rM definition:96rM", m.RicQueryRequest),
        ("RICQueryResponse", f"{_REQUEST} outcome:97rM", m.RicQueryResponse),
        ("RICQueryFailure", f"{_REQUEST} cause:1iM diagnostics:2iO", m.RicQueryFailure),
    )),
)  # fmt: skip

ROWS: tuple[Row, ...] = tuple(
    Row(code, kind, criticality, name, _fields(ies), cls)
    for code, criticality, rows in _TABLE
    for kind, (name, ies, cls) in zip(_KINDS, rows, strict=False)
)

_V1_PROCEDURES = frozenset(range(1, 12))
_V1_OTHERWISE: dict[type, str] = {
    m.E2SetupRequest: "node:3rM functions:10rO components:33rO",
    m.E2SetupResponse: "ric:4rM accepted:9rO rejected:13rO components:35rO",
    m.RicControlAcknowledge: f"{_REQUEST} call_process_id:20rO status:24rM outcome:32rO",
    m.RicControlFailure: f"{_REQUEST} call_process_id:20rO cause:1iM outcome:32rO",
    m.RicServiceUpdateFailure: "rejected:13iO time_to_wait_s:31iO diagnostics:2iO",
    m.RicSubscriptionRequest: f"{_REQUEST} event_trigger+actions:30rM",
    m.RicSubscriptionFailure: f"{_REQUEST} not_admitted:18rM diagnostics:2iO",
    m.E2NodeConfigurationUpdate: "updated:33rO",
    m.E2NodeConfigurationUpdateAcknowledge: "updated:35rO",
}
"""Messages of v1.01 that had other IEs than v2's without the TransactionID."""

ROWS_V1: tuple[Row, ...] = tuple(
    replace(
        row,
        fields=_fields(_V1_OTHERWISE[row.cls])
        if row.cls in _V1_OTHERWISE
        else tuple(field for field in row.fields if field.id != 49),
    )
    for row in ROWS
    if row.code in _V1_PROCEDURES
)
