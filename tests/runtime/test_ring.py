"""The ring: what is written is read, once, in order; what has no room is counted; nothing of it is trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from random import Random

import pytest

from ricloop.runtime.side.ring import SLOT, Ring, RingError


@pytest.mark.parametrize("seed", range(10))
def test_what_is_written_is_read_in_order_and_what_has_no_room_is_counted(seed: int) -> None:
    rng, ring, held, dropped = Random(seed), Ring.new(16), deque[bytes](), 0
    reader = Ring(os.dup(ring.descriptor))
    for _ in range(2000):
        if rng.random() < 0.55:
            record = rng.randbytes(rng.choice([0, 1, 100, SLOT - 16, SLOT - 15, 700, 3000]))
            if ring.write(record):
                held.append(record)
            else:
                dropped += 1
        else:
            found = reader.read()
            assert found == (held[0] if held else None)
            assert reader.read() == found, "it stays until it is dealt with"
            if found is not None:
                reader.done(held.popleft())
        assert reader.empty is (not held)
    assert reader.dropped == ring.dropped == dropped > 0
    ring.close()
    reader.close()


def test_a_record_that_never_fits_is_dropped() -> None:
    ring = Ring.new(4)
    assert not ring.write(bytes(4 * SLOT))
    assert ring.dropped == 1
    assert ring.read() is None
    ring.close()


def test_a_reader_in_another_process_takes_over_where_the_last_one_died() -> None:
    ring = Ring.new(64)
    for number in range(10):
        assert ring.write(b"%d" % number)
    take = (
        "import sys; from ricloop.runtime.side.ring import Ring; ring = Ring(int(sys.argv[1]))\n"
        "for _ in range(int(sys.argv[2])):\n"
        "    record = ring.read(); print(record.decode(), flush=True); ring.done(record)\n"
        "print(ring.read().decode(), flush=True); import os; os.kill(os.getpid(), 9)"
    )
    said: list[list[str]] = []
    for count in (3, 4):
        line = [sys.executable, "-c", take, str(ring.descriptor), str(count)]
        ran = subprocess.run(line, pass_fds=(ring.descriptor,), capture_output=True, text=True, check=False)
        said.append(ran.stdout.split())
    assert said == [["0", "1", "2", "3"], ["3", "4", "5", "6", "7"]]
    ring.close()


def test_octets_that_were_spoilt_are_not_read() -> None:
    ring = Ring.new(8)
    ring.write(b"a record")
    os.pwrite(ring.descriptor, b"X", 64 + 16)
    assert ring.read() is None
    os.pwrite(ring.descriptor, b"\xff\xff\xff\xff", 64 + 8)
    assert ring.read() is None
    assert ring.skip() == 1
    assert ring.empty
    ring.write(b"the next")
    assert ring.read() == b"the next"


def test_an_older_record_in_its_place_is_not_taken_for_a_new_one() -> None:
    ring = Ring.new(1)
    for record in (b"old", b"new"):
        ring.write(record)
        before = os.pread(ring.descriptor, SLOT, 64)
        ring.done(record)
        if record == b"old":
            old = before
    ring.write(b"newest")
    os.pwrite(ring.descriptor, old, 64)
    assert ring.read() is None, "what another processor has not seen written yet"
    os.pwrite(ring.descriptor, before, 64)
    assert ring.read() is None
    ring.close()


def test_memory_that_is_no_ring_is_refused() -> None:
    descriptor = os.memfd_create("other")
    os.ftruncate(descriptor, 64 + 4 * SLOT)
    with pytest.raises(RingError, match="is no ring of schema 1"):
        Ring(descriptor)
    os.close(descriptor)
