"""Enumerations whose members are keys of tables that every message looks into."""

from __future__ import annotations

from enum import Enum


class Member(Enum):
    """Hashed by identity: an `Enum` hashes its name, by a call of Python at each look. Equality is identity anyway."""

    __hash__ = object.__hash__
