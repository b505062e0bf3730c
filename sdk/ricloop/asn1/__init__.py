"""The ASN.1 modules in our own words, compiled at first use: `E2AP`, `KPM`, `RC` encode and decode by type name."""

from __future__ import annotations

from ricloop.asn1.codec import Syntax

E2AP = Syntax("e2ap.asn")
E2AP_V1 = Syntax("e2ap.asn", instead="e2ap_v1.asn")
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
RC_FLEXRIC = Syntax(
    "e2sm_common.asn",
    "e2sm_rc.asn",
    rooted=(
        "E2SM-RC-ActionDefinition-Formats",
        "E2SM-RC-IndicationHeader-Formats",
        "E2SM-RC-IndicationMessage-Formats",
        "E2SM-RC-ControlHeader-Formats",
        "E2SM-RC-ControlMessage-Formats",
        "E2SM-RC-ControlOutcome-Formats",
    ),
    instead="e2sm_rc_flexric.asn",
)
"""What FlexRIC's library speaks: v1.03, with these types' extension additions in the root."""
RC_V5 = Syntax("e2sm_common.asn", "e2sm_rc.asn", instead="e2sm_rc_v5.asn")
"""E2SM-RC v5.00: the same module, with the two formats that it made void."""

__all__ = ["E2AP", "E2AP_V1", "KPM", "KPM_FLEXRIC", "RC", "RC_FLEXRIC", "RC_V5", "Syntax"]
