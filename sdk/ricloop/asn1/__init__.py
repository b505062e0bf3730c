"""The ASN.1 modules in our own words, compiled at first use: `E2AP`, `KPM`, `RC` encode and decode by type name."""

from __future__ import annotations

from ricloop.asn1.codec import Syntax

E2AP = Syntax("e2ap.asn")
E2AP_V1 = Syntax("e2ap.asn", older="e2ap_v1.asn")
"""E2AP v1.01: the same module with the types that were other ones then."""
KPM = Syntax("e2sm_common.asn", "e2sm_kpm.asn")
KPM_FLEXRIC = Syntax(
    "e2sm_common.asn",
    "e2sm_kpm.asn",
    rooted=(
        "E2SM-KPM-ActionDefinition-Formats",
        "E2SM-KPM-ActionDefinition-Format1",
        "E2SM-KPM-IndicationMessage-Formats",
        "MeasurementCondItem",
        "MeasurementCondUEidItem",
        "TestCond-Type",
        "TestCond-Value",
    ),
)
"""What FlexRIC's library speaks: the same module, with these types' extension additions in the root."""
RC = Syntax("e2sm_common.asn", "e2sm_rc.asn")

__all__ = ["E2AP", "E2AP_V1", "KPM", "KPM_FLEXRIC", "RC", "Syntax"]
