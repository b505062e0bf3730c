"""Captures, raw PDUs and hex text as trees of plain values: what `ricloop decode` prints."""

from __future__ import annotations

from ricloop.decode.inputs import decode_inputs
from ricloop.decode.render import render

__all__ = ["decode_inputs", "render"]
