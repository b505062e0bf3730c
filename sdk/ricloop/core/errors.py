"""What can go wrong, told apart by whose fault it is.

A peer saying no is a value, and a peer that breaks the protocol an event (`session.events.PeerMisbehaved`): neither
is an exception. We breaking it is a `LocalProtocolError`. Every message names the thing, the value and the way out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RicloopError(Exception):
    """Base of every error that a person is meant to read. `exit_code` is what the command line ends with."""

    exit_code = 1


class ConfigError(RicloopError):
    """A name, flag, file or setting that cannot be used as given."""

    exit_code = 2


class TransportError(RicloopError):
    """A socket could not be opened, or a peer could not be reached."""

    exit_code = 3


class CodecError(RicloopError):
    """Base of both directions of the codec."""


class DecodeError(CodecError):
    """Bytes that are not the message they should be.

    `path` is where in the message, as `RICindication.ricActionID`; `bit` the offset in bits at which decoding
    stopped, or None where the syntax has no bits (JSON).
    """

    def __init__(self, reason: str, *, path: str = "", bit: int | None = None) -> None:
        self.reason, self.path, self.bit = reason, path, bit
        where = f"{path}: " if path else ""
        super().__init__(f"{where}{reason}" + ("" if bit is None else f" (bit {bit})"))


class EncodeError(CodecError):
    """A value that the syntax cannot carry: out of range, wrong length, wrong alphabet."""


class LocalProtocolError(RicloopError):
    """Expected never: our own code asked a session for something its state does not allow."""


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the spelling in `known` nearest to `name`, or an empty string."""
    names = list(known)
    by_lower = {n.lower(): n for n in names}
    if name.lower() in by_lower:
        return f" Did you mean '{by_lower[name.lower()]}'?"
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f" Did you mean '{found[0]}'?" if found else ""
