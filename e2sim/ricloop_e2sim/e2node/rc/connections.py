"""RC style 4 action 4, the release of an RRC connection (E2SM-RC 7.6.5, 8.4.5.4): what a node offers and takes.

The user becomes idle, and keeps what waits for it: it asks for a connection again, in the cell that it hears best then.
Nobody is sent elsewhere: a node offers no parameter, and refuses a control that names a carrier to go to.
"""

from __future__ import annotations

from typing import Final

from ricloop.core.errors import DecodeError
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.parameters import Structure

STYLE: Final = 4
ACTION: Final = 4
CONTROL = rc.ControlStyle(
    STYLE, "Radio Access Control", (rc.NamedAction(ACTION, "RRC Connection Release Control", ()),)
)
"""What a node announces."""


def check(parameters: Structure) -> None:
    """Raises DecodeError for parameters: a plain release has none."""
    if parameters:
        raise DecodeError(f"RC {STYLE}/{ACTION} takes no parameters here, not {min(parameters)}: nobody is redirected")
