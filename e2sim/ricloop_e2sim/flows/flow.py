"""What every traffic model is: a group of users with one service, asked each tick how much they newly want.

`level` is how busy the hour is: 1 is the service's own mean, 0 silence, and the long-run mean is proportional to it in
every model. A rate scales with it; files, packets and pages are thinned by it; of services that cannot be thinned, as a
voice call, that share of the users takes part (see `presence.py`), looked up as a tick begins.

What a flow offers at a time depends on its seed and the levels alone. Its events have instants of their own, in
microseconds, so the same events come at any tick length, and a tick gets those of [time_us, time_us + tick_us). Ticks
are asked for in order and without gaps. Only a `Loop` looks at what the network does, and it draws nothing for it.

Most services answer in the uplink what they get, in proportion to it and along with it; a `Sender` has an uplink of its
own. 3GPP's models are of the downlink but for voice and XR poses, so the proportions are this simulator's own.
"""

from __future__ import annotations

from typing import Protocol

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.qos import Qos

Level = float | Floats
"""0…1, for the group or per user, [users]."""
ACKNOWLEDGED = 40 / 3000
"""Uplink bits per downlink bit over TCP: a header of 40 octets for every second segment of 1500 (RFC 5681 4.2)."""


class Flow(Protocol):
    """The traffic of one group of users."""

    users: int
    qos: Qos
    answered: float
    """Bits that a user offers in the uplink for each that is offered to it; 0 for a `Sender`."""

    @property
    def mean_bps(self) -> float:
        """Long-run mean per user at level 1 in the downlink, bit/s; infinite for a full buffer."""
        ...

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """[users] float64: bits newly offered to users in the tick that starts at `time_us`."""
        ...


class Sender(Flow, Protocol):
    """A flow whose uplink has a course of its own."""

    @property
    def mean_up_bps(self) -> float:
        """As `mean_bps`, in the uplink."""
        ...

    def send(self) -> Floats:
        """[users] float64: bits newly offered by users in the tick that `offer` was last asked for."""
        ...


class Loop(Flow, Protocol):
    """A flow that goes on when what it offered has left the buffer."""

    def settle(self, delivered: Floats, lost: Floats) -> None:
        """What became of the bits offered so far, since the last call, lost ones are offered again.

        [2, users] each: of the downlink, and of the uplink.
        """
        ...


def some_users(users: int) -> int:
    """`users`, or a `ConfigError` where a group would be empty."""
    if users < 1:
        raise ConfigError(f"a group of {users} users: leave the group out, or give it at least 1")
    return users
