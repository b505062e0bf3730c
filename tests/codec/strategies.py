"""Any E2AP message of v2 and v3 as a hypothesis strategy, by its class: what one length determinant can count."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ricloop.e2ap import encode
from ricloop.e2ap import messages as m
from tests.codec.e2ap_values import MAKERS
from tests.makers import shrinking


def _whole(message: m.Message) -> bool:
    # The fast codecs leave fragments (X.691 11.9.3.8) to the reference.
    return len(encode(message)) < 16384


MESSAGES: dict[type, st.SearchStrategy[Any]] = {kind: shrinking(maker).filter(_whole) for kind, maker in MAKERS.items()}
