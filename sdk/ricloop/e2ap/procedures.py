"""Every elementary procedure and its messages (E2AP clauses 8 and 9.1), as a table.

An IE is written `id`, criticality (`r`eject, `i`gnore, `n`otify) and presence (`M`andatory, `O`ptional), in the
order in which it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ricloop.e2ap import messages as m

_CRITICALITY = {"r": "reject", "i": "ignore", "n": "notify"}


@dataclass(frozen=True, slots=True)
class Field:
    """One IE of one message."""

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
    return tuple(Field(int(ie[:-2]), _CRITICALITY[ie[-2]], ie[-1] == "M") for ie in text.split())


_INITIATING, _SUCCESS, _FAILURE = "initiatingMessage", "successfulOutcome", "unsuccessfulOutcome"
_REQUEST = "29rM 5rM"
"""RICrequestID and RANfunctionID, with which every functional message begins."""

# code, criticality of the procedure, then (kind, name, IEs, class) of each message
_TABLE: tuple[tuple[int, str, tuple[tuple[str, str, str, type], ...]], ...] = (
    (1, "reject", (
        (_INITIATING, "E2setupRequest", "49rM 3rM 10rM 50rM", m.E2SetupRequest),
        (_SUCCESS, "E2setupResponse", "49rM 4rM 9rO 13rO 52rM", m.E2SetupResponse),
        (_FAILURE, "E2setupFailure", "49rM 1iM 31iO 2iO 48iO", m.E2SetupFailure),
    )),
    (2, "ignore", ((_INITIATING, "ErrorIndication", "49rO 29rO 5rO 1iO 2iO", m.ErrorIndication),)),
    (3, "reject", (
        (_INITIATING, "ResetRequest", "49rM 1iM", m.ResetRequest),
        (_SUCCESS, "ResetResponse", "49rM 2iO", m.ResetResponse),
    )),
    (4, "reject", (
        (_INITIATING, "RICcontrolRequest", f"{_REQUEST} 20rO 22rM 23rM 21rO", m.RicControlRequest),
        (_SUCCESS, "RICcontrolAcknowledge", f"{_REQUEST} 20rO 32rO", m.RicControlAcknowledge),
        (_FAILURE, "RICcontrolFailure", f"{_REQUEST} 20rO 1iM 32rO 2iO", m.RicControlFailure),
    )),
    (5, "ignore", ((_INITIATING, "RICindication", f"{_REQUEST} 15rM 27rO 28rM 25rM 26rM 20rO", m.RicIndication),)),
    (6, "ignore", ((_INITIATING, "RICserviceQuery", "49rM 9rO", m.RicServiceQuery),)),
    (7, "reject", (
        (_INITIATING, "RICserviceUpdate", "49rM 10rO 12rO 11rO", m.RicServiceUpdate),
        (_SUCCESS, "RICserviceUpdateAcknowledge", "49rM 9rO 13rO", m.RicServiceUpdateAcknowledge),
        (_FAILURE, "RICserviceUpdateFailure", "49rM 1rM 31iO 2iO", m.RicServiceUpdateFailure),
    )),
    (8, "reject", (
        (_INITIATING, "RICsubscriptionRequest", f"{_REQUEST} 30rM 62rO 63rO", m.RicSubscriptionRequest),
        (_SUCCESS, "RICsubscriptionResponse", f"{_REQUEST} 17rM 18rO", m.RicSubscriptionResponse),
        (_FAILURE, "RICsubscriptionFailure", f"{_REQUEST} 1rM 2iO", m.RicSubscriptionFailure),
    )),
    (9, "reject", (
        (_INITIATING, "RICsubscriptionDeleteRequest", _REQUEST, m.RicSubscriptionDeleteRequest),
        (_SUCCESS, "RICsubscriptionDeleteResponse", _REQUEST, m.RicSubscriptionDeleteResponse),
        (_FAILURE, "RICsubscriptionDeleteFailure", f"{_REQUEST} 1iM 2iO", m.RicSubscriptionDeleteFailure),
    )),
    (10, "reject", (
        (_INITIATING, "E2nodeConfigurationUpdate", "49rM 3rO 50rO 33rO 54rO 58rO", m.E2NodeConfigurationUpdate),
        (_SUCCESS, "E2nodeConfigurationUpdateAcknowledge", "49rM 52rO 35rO 56rO",
         m.E2NodeConfigurationUpdateAcknowledge),
        (_FAILURE, "E2nodeConfigurationUpdateFailure", "49rM 1iM 31iO 2iO", m.E2NodeConfigurationUpdateFailure),
    )),
    (11, "reject", (
        (_INITIATING, "E2connectionUpdate", "49rM 44rO 46rO 45rO", m.E2ConnectionUpdate),
        (_SUCCESS, "E2connectionUpdateAcknowledge", "49rM 39rO 40rO", m.E2ConnectionUpdateAcknowledge),
        (_FAILURE, "E2connectionUpdateFailure", "49rM 1rO 31iO 2iO", m.E2ConnectionUpdateFailure),
    )),
    (12, "ignore", ((_INITIATING, "RICsubscriptionDeleteRequired", "60iM", m.RicSubscriptionDeleteRequired),)),
    (13, "reject", (
        (_INITIATING, "E2RemovalRequest", "49rM", m.E2RemovalRequest),
        (_SUCCESS, "E2RemovalResponse", "49rM 2iO", m.E2RemovalResponse),
        (_FAILURE, "E2RemovalFailure", "49rM 1iM 2iO", m.E2RemovalFailure),
    )),
    (14, "reject", (
        (_INITIATING, "RICsubscriptionModificationRequest", f"{_REQUEST} 64iO 65iO 67iO 69iO",
         m.RicSubscriptionModificationRequest),
        (_SUCCESS, "RICsubscriptionModificationResponse", f"{_REQUEST} 71iO 73iO 75iO 77iO 79iO 81iO",
         m.RicSubscriptionModificationResponse),
        (_FAILURE, "RICsubscriptionModificationFailure", f"{_REQUEST} 1rM 2iO", m.RicSubscriptionModificationFailure),
    )),
    (15, "reject", (
        (_INITIATING, "RICsubscriptionModificationRequired", f"{_REQUEST} 83iO 85iO",
         m.RicSubscriptionModificationRequired),
        (_SUCCESS, "RICsubscriptionModificationConfirm", f"{_REQUEST} 87iO 89iO 91iO 93iO",
         m.RicSubscriptionModificationConfirm),
        (_FAILURE, "RICsubscriptionModificationRefuse", f"{_REQUEST} 1rM 2iO", m.RicSubscriptionModificationRefuse),
    )),
    (16, "reject", (
        (_INITIATING, "RICQueryRequest", f"{_REQUEST} 95rM 96rM", m.RicQueryRequest),
        (_SUCCESS, "RICQueryResponse", f"{_REQUEST} 97rM", m.RicQueryResponse),
        (_FAILURE, "RICQueryFailure", f"{_REQUEST} 1iM 2iO", m.RicQueryFailure),
    )),
)  # fmt: skip

ROWS: tuple[Row, ...] = tuple(
    Row(code, kind, criticality, name, _fields(ies), cls)
    for code, criticality, rows in _TABLE
    for kind, name, ies, cls in rows
)

_V1_PROCEDURES = frozenset(range(1, 12))
_V1_OTHERWISE: dict[type, str] = {
    m.E2SetupRequest: "3rM 10rO 33rO",
    m.E2SetupResponse: "4rM 9rO 13rO 35rO",
    m.RicControlAcknowledge: f"{_REQUEST} 20rO 24rM 32rO",
    m.RicControlFailure: f"{_REQUEST} 20rO 1iM 32rO",
    m.RicSubscriptionRequest: f"{_REQUEST} 30rM",
    m.RicSubscriptionFailure: f"{_REQUEST} 18rM 2iO",
    m.RicServiceUpdateFailure: "13iO 31iO 2iO",
    m.E2NodeConfigurationUpdate: "33rO",
    m.E2NodeConfigurationUpdateAcknowledge: "35rO",
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
BY_CODE: dict[tuple[str, int], Row] = {(row.kind, row.code): row for row in ROWS}
BY_CLASS: dict[type, Row] = {row.cls: row for row in ROWS}
