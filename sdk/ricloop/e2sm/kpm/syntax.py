"""Which ASN.1 module a dialect's KPM is read and written by."""

from __future__ import annotations

from ricloop.asn1 import KPM, KPM_FLEXRIC, Syntax
from ricloop.core.dialect import Dialect, Family

MESSAGE = "E2SM-KPM-IndicationMessage"


def syntax(dialect: Dialect) -> Syntax:
    """Of the messages in which the families differ: action definition and indication message."""
    return KPM_FLEXRIC if dialect.family is Family.FLEXRIC else KPM
