"""Records from one process to another through shared memory: slots of one size, one writer, one reader, nobody waits.

A record takes as many slots as it needs, one after the other; at the end of the memory it goes on at its beginning.
Where there is no room it is dropped and counted. The writer's counters are published after the record: a reader that
comes too early sees a number or a checksum that does not fit, and looks again later. So neither needs a lock, nor an
order of stores that a processor does not promise.

    header   magic, schema, slots · written, read (slots) · dropped, made, taken (records), u64 each
    record   number (u64) · length (u32) · CRC-32 of the rest (u32) · octets

The memory has no name: it belongs to whoever has its file descriptor, and is gone with the last of them.
"""

from __future__ import annotations

import mmap
import os
import struct
from zlib import crc32

from ricloop.core.errors import RicloopError
from ricloop.runtime.memory import anonymous

SLOT = 256
SLOTS = 1 << 15
"""8 MiB: half a minute of a thousand decisions a second while nobody reads."""
_MAGIC, _SCHEMA = int.from_bytes(b"ricloop\0", "little"), 1
_HEADER = 64
_HEAD = struct.Struct("<QII")
_WRITTEN, _READ, _DROPPED, _MADE, _TAKEN = range(3, 8)
"""Places among the header's numbers."""


class RingError(RicloopError):
    """Memory that is no ring, or one of another version."""


class Ring:
    """Either end. The writer makes it (`Ring.new`), the reader is given its file descriptor."""

    def __init__(self, descriptor: int) -> None:
        """Raises RingError for what is no ring."""
        self.descriptor = descriptor
        size = os.fstat(descriptor).st_size
        self._memory = mmap.mmap(descriptor, size) if size > _HEADER else mmap.mmap(-1, _HEADER)
        self._view = memoryview(self._memory)
        self._numbers = self._view[:_HEADER].cast("Q")
        self._slots = (size - _HEADER) // SLOT
        self._data = self._view[_HEADER : _HEADER + self._slots * SLOT]
        found = tuple(self._numbers[:3])
        if size > _HEADER and found != (_MAGIC, _SCHEMA, self._slots):
            raise RingError(f"shared memory of {size} octets is no ring of schema {_SCHEMA}: it begins with {found}")

    @classmethod
    def new(cls, slots: int = SLOTS) -> Ring:
        """Empty memory, private to this process and those that are given its descriptor."""
        descriptor = anonymous("ricloop-ring")
        os.ftruncate(descriptor, _HEADER + slots * SLOT)
        os.pwrite(descriptor, struct.pack("<QQQ", _MAGIC, _SCHEMA, slots), 0)
        return cls(descriptor)

    # ------------------------------------------------------------------------------------------------- the writer

    def write(self, record: bytes) -> bool:
        """Append a record; False, and counted, where there is no room for it."""
        numbers, slots = self._numbers, self._slots
        needed = (_HEAD.size + len(record) + SLOT - 1) // SLOT
        written = numbers[_WRITTEN]
        if written - numbers[_READ] + needed > slots:
            numbers[_DROPPED] += 1
            return False
        head = _HEAD.pack(numbers[_MADE], len(record), crc32(record))
        self._put(written % slots * SLOT, head + record)
        numbers[_MADE] += 1
        numbers[_WRITTEN] = written + needed
        return True

    def _put(self, at: int, octets: bytes) -> None:
        room = len(self._data) - at
        if len(octets) <= room:
            self._data[at : at + len(octets)] = octets
        else:
            self._data[at:] = octets[:room]
            self._data[: len(octets) - room] = octets[room:]

    # ------------------------------------------------------------------------------------------------- the reader

    def read(self) -> bytes | None:
        """The next record; None while there is none. It stays in the ring until `done`: a reader that dies in between
        leaves it to the next one."""
        numbers = self._numbers
        at = numbers[_READ]
        if at == numbers[_WRITTEN]:
            return None
        place = at % self._slots * SLOT
        number, length, checksum = _HEAD.unpack(self._get(place, _HEAD.size))
        if number != numbers[_TAKEN] or length > len(self._data) - _HEAD.size:
            return None
        record = self._get(place, _HEAD.size + length)[_HEAD.size :]
        return record if crc32(record) == checksum else None

    def done(self, record: bytes) -> None:
        """The record that was read last has been dealt with."""
        self._numbers[_TAKEN] += 1
        self._numbers[_READ] += (_HEAD.size + len(record) + SLOT - 1) // SLOT

    def skip(self) -> int:
        """Give up what is there and cannot be read; how many records that were."""
        numbers = self._numbers
        lost = numbers[_MADE] - numbers[_TAKEN]
        numbers[_READ], numbers[_TAKEN] = numbers[_WRITTEN], numbers[_MADE]
        return int(lost)

    def _get(self, at: int, size: int) -> bytes:
        room = len(self._data) - at
        if size <= room:
            return bytes(self._data[at : at + size])
        return bytes(self._data[at:]) + bytes(self._data[: size - room])

    # -------------------------------------------------------------------------------------------------------- both

    @property
    def empty(self) -> bool:
        """True where everything that was written has been dealt with."""
        return bool(self._numbers[_READ] == self._numbers[_WRITTEN])

    @property
    def dropped(self) -> int:
        """Records for which there was no room."""
        return int(self._numbers[_DROPPED])

    def close(self) -> None:
        """Give this end back; the memory lives as long as the other end has it."""
        for view in (self._data, self._numbers, self._view):
            view.release()
        self._memory.close()
        os.close(self.descriptor)
