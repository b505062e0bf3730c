"""The memory that the loop and a model's process share: a table each way, and who is through with what.

    header   asked, answered (numbers of the last question and answer) · rows · status · length of a complaint, u64 each
    then     the complaint (UTF-8), the table that the model looks at, the table that it says: float32

The one that asks writes the table and then `asked`; the one that answers writes its table and then `answered`. Who is
to look is told by an octet through a pipe, so there is nothing to poll and no order of stores to rely on.
"""

from __future__ import annotations

import mmap
import os
import struct

import numpy as np

from ricloop.core.model import Table

COMPLAINT = 480
_NUMBERS = 4
_START = 512
ASKED, ANSWERED, ROWS, STATUS = range(_NUMBERS)
OK, FAILED, SHAPE = range(3)
"""Statuses of an answer."""


class Exchange:
    """One end. `rows` is how many the tables hold."""

    def __init__(self, descriptor: int, rows: int, columns: int, outputs: int) -> None:
        self.descriptor, self.rows = descriptor, rows
        size = _START + 4 * rows * (columns + outputs)
        if os.fstat(descriptor).st_size < size:
            os.ftruncate(descriptor, size)
        self._memory = mmap.mmap(descriptor, size)
        self.numbers = memoryview(self._memory)[: 8 * _NUMBERS].cast("Q")
        self.asked: Table = np.frombuffer(self._memory, np.float32, rows * columns, _START).reshape(rows, columns)
        self.said: Table = np.frombuffer(self._memory, np.float32, rows * outputs, _START + 4 * rows * columns).reshape(
            rows, outputs
        )

    @property
    def complaint(self) -> str:
        """What went wrong, in a line."""
        length = struct.unpack_from("<I", self._memory, 8 * _NUMBERS)[0]
        start = 8 * _NUMBERS + 4
        return self._memory[start : start + min(length, COMPLAINT - start)].decode(errors="replace")

    @complaint.setter
    def complaint(self, text: str) -> None:
        start = 8 * _NUMBERS + 4
        octets = text.encode()[: COMPLAINT - start]
        struct.pack_into("<I", self._memory, 8 * _NUMBERS, len(octets))
        self._memory[start : start + len(octets)] = octets

    def close(self) -> None:
        """Give this end back. The tables must not be used any more."""
        self.numbers.release()
        del self.asked, self.said
        self._memory.close()
        os.close(self.descriptor)
