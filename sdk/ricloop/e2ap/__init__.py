"""E2AP v1, v2 and v3: messages as values, and the codec between them and octets."""

from __future__ import annotations

from ricloop.e2ap.codec import decode, encode, read
from ricloop.e2ap.envelope import AbstractSyntaxError, Fault
from ricloop.e2ap.version import V1, V2, Version, detect

__all__ = ["V1", "V2", "AbstractSyntaxError", "Fault", "Version", "decode", "detect", "encode", "read"]
