"""The ASN.1 modules in our own words, compiled at first use: `E2AP`, `KPM`, `RC` encode and decode by type name."""

from __future__ import annotations

from ricloop.asn1.codec import Syntax

E2AP = Syntax("e2ap.asn")
KPM = Syntax("e2sm_common.asn", "e2sm_kpm.asn")
RC = Syntax("e2sm_common.asn", "e2sm_rc.asn")

__all__ = ["E2AP", "KPM", "RC", "Syntax"]
