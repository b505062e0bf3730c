"""Times and sizes of a gNB's world that are a choice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """Times and sizes that differ between scenarios and replay."""

    preparation_us: int = 50_000
    """Handover preparation (TR 36.839)."""
    interruption_us: int = 40_000
    """Handover interruption (TR 36.839)."""
    reestablish_us: int = 1_000_000
    """From a radio link failure to the next cell."""
    buffer_bits: float = 300e3
    """Per user."""
    stay_us: int = 1_500_000
    """For which a commanded handover holds while the user's home cell is in service."""
    return_at_once: bool = False
