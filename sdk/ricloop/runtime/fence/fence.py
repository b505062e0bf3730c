"""Until when a process may send: memory that it shares with whoever holds the lease for it.

Who holds the lease writes the end of its right there at each renewal. The loop looks before every write to a node, so
that the first thing it does after a pause of any length is not a control; one that may not send ends on the spot
(`guard`). The kernel ends it as well (`deadman`), a little later, in case it cannot do that itself.
"""

from __future__ import annotations

import mmap
import os
from time import clock_gettime_ns

from ricloop.core.errors import ConfigError
from ricloop.runtime.memory import anonymous

CLOCK_BOOTTIME = 7
"""Linux's number of it, which `time` names on Linux only."""
_UNTIL, _OVER = 0, 1
_SIZE = 16


class Fence:
    """Either end. Nanoseconds of CLOCK_BOOTTIME; a number is one aligned store, so neither end sees half of it."""

    def __init__(self, descriptor: int) -> None:
        """Raises ConfigError for a descriptor of anything else."""
        self.descriptor = descriptor
        try:
            self._memory = mmap.mmap(descriptor, _SIZE)
        except (OSError, ValueError) as error:
            raise ConfigError(f"--fence {descriptor}: no shared memory is there ({error})") from None
        self._numbers = memoryview(self._memory).cast("Q")

    @classmethod
    def new(cls) -> Fence:
        """Closed; private to this process and those that are given its descriptor."""
        descriptor = anonymous("ricloop-fence")
        os.ftruncate(descriptor, _SIZE)
        return cls(descriptor)

    def set(self, until: int, over: int) -> None:
        """It may send until the one instant; at the other it is ended, whatever it does."""
        self._numbers[_OVER] = over
        self._numbers[_UNTIL] = until

    def shut(self) -> None:
        """From now on it may not send."""
        self._numbers[_UNTIL] = 0

    @property
    def over(self) -> int:
        """When it is ended, whatever it does."""
        return self._numbers[_OVER]

    def open(self) -> bool:
        """May it send at this instant?"""
        return clock_gettime_ns(CLOCK_BOOTTIME) < self._numbers[_UNTIL]

    def left_ns(self) -> int:
        """Until it may not; negative afterwards."""
        return self._numbers[_UNTIL] - clock_gettime_ns(CLOCK_BOOTTIME)

    def close(self) -> None:
        """Give this end back."""
        self._numbers.release()
        self._memory.close()
        os.close(self.descriptor)
