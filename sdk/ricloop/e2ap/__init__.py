"""E2AP v2 and v3: messages as values, and the codec between them and octets."""

from __future__ import annotations

from ricloop.e2ap.codec import decode, encode, read
from ricloop.e2ap.envelope import AbstractSyntaxError, Fault

__all__ = ["AbstractSyntaxError", "Fault", "decode", "encode", "read"]
