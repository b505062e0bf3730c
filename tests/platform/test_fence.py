"""The fence: what may not send does not, and ends; also where it is stopped, or hangs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ricloop.core.errors import ConfigError
from ricloop.core.time import NS_PER_S
from ricloop.link.clock import BootClock
from ricloop.runtime.fence.fence import Fence
from ricloop.runtime.fence.guard import Fenced
from ricloop.runtime.fence.line import FENCED
from ricloop.transport.base import Receiver
from tests.patience import PATIENCE_S
from tests.platform.replicas import ROOT, until


@pytest.fixture
def fence() -> Iterator[Fence]:
    made = Fence.new()
    yield made
    made.close()


def now() -> int:
    return BootClock().now()


def test_a_new_fence_is_shut_and_an_open_one_shuts_by_itself(fence: Fence) -> None:
    assert not fence.open()
    fence.set(now() + NS_PER_S // 20, now() + NS_PER_S)
    assert fence.open()
    until("the fence shuts", lambda: not fence.open())
    assert fence.left_ns() <= 0


def test_both_ends_see_the_same_and_one_that_is_shut_stays_shut(fence: Fence) -> None:
    there = Fence(os.dup(fence.descriptor))
    fence.set(now() + 100 * NS_PER_S, now() + 200 * NS_PER_S)
    assert there.open()
    assert there.over == fence.over
    assert 90 * NS_PER_S < there.left_ns() <= 100 * NS_PER_S
    fence.shut()
    assert not there.open()
    there.close()


def test_what_is_no_memory_is_no_fence(tmp_path: Path) -> None:
    with (tmp_path / "empty").open("w+b") as file, pytest.raises(ConfigError, match="no shared memory is there"):
        Fence(file.fileno())


class Sink:
    """A transport that keeps what it is given."""

    peer = local = "tcp://there:1"

    def __init__(self) -> None:
        self.counters: dict[str, int] = {}
        self.sent: list[bytes] = []

    def start(self, receiver: Receiver) -> None:
        """Nothing comes."""

    def send(self, *pdus: bytes) -> None:
        self.sent += pdus

    def use_ppid(self, ppid: int) -> None:
        """There is none."""

    def close(self) -> None:
        """It stays."""


class ShutOffError(Exception):
    pass


def test_nothing_passes_a_fence_that_is_shut(fence: Fence) -> None:
    def shut_off() -> None:
        raise ShutOffError

    sink = Sink()
    transport = Fenced(sink, fence, shut_off)  # type: ignore[arg-type]
    fence.set(now() + 100 * NS_PER_S, now() + 200 * NS_PER_S)
    transport.send(b"one", b"two")
    fence.shut()
    with pytest.raises(ShutOffError):
        transport.send(b"three")
    assert sink.sent == [b"one", b"two"]


GUARDED = """
import asyncio, sys, time
from ricloop.runtime.fence.fence import Fence
from ricloop.runtime.fence.guard import Guard
from ricloop.runtime.log import configure

async def main():
    guard = Guard(Fence(int(sys.argv[1])), lambda: print("last words", flush=True))
    guard.begin()
    print("at work", flush=True)
    task = asyncio.ensure_future(guard.run())
    if sys.argv[2] == "hang":
        await asyncio.sleep(0.01)
        while True:
            pass
    if sys.argv[2] == "end":
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])
        time.sleep(float(sys.argv[3]))
        return
    await task

configure()
asyncio.run(main())
"""


def guarded(fence: Fence, *words: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", GUARDED, str(fence.descriptor), *words]
    return subprocess.Popen(line, pass_fds=(fence.descriptor,), stdout=subprocess.PIPE, text=True, cwd=ROOT)


def begun(process: subprocess.Popen[str], fence: Fence) -> None:
    """Renews its right, for three seconds at a time, until it is at work."""
    assert process.stdout is not None
    while not select.select([process.stdout], [], [], 0.05)[0]:
        fence.set(now() + 3 * NS_PER_S, now() + 4 * NS_PER_S)
    assert process.stdout.readline() == "at work\n"


def test_a_process_that_may_not_send_any_more_says_its_last_words_and_ends(fence: Fence) -> None:
    fence.set(now() + 100 * NS_PER_S, now() + 200 * NS_PER_S)
    process = guarded(fence, "wait")
    begun(process, fence)
    fence.shut()
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (FENCED, "last words\n")


def test_one_that_begins_behind_a_shut_fence_does_nothing(fence: Fence) -> None:
    process = guarded(fence, "wait")
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (FENCED, "last words\n")


def test_one_that_hangs_is_ended_by_the_kernel_however_often_its_right_is_renewed(fence: Fence) -> None:
    fence.set(now() + 3 * NS_PER_S, now() + 4 * NS_PER_S)
    process = guarded(fence, "hang")
    begun(process, fence)
    while process.poll() is None:
        fence.set(now() + 3 * NS_PER_S, now() + 4 * NS_PER_S)
        time.sleep(0.05)
    assert process.wait() == -signal.SIGKILL
    assert process.stdout is not None
    process.stdout.close()


def test_one_that_is_stopped_is_ended_by_the_kernel_while_it_is_stopped(fence: Fence) -> None:
    fence.set(now() + 100 * NS_PER_S, now() + 200 * NS_PER_S)
    process = guarded(fence, "wait")
    begun(process, fence)
    process.send_signal(signal.SIGSTOP)
    fence.set(now() + 100 * NS_PER_S, now() + 200 * NS_PER_S)
    assert process.wait(PATIENCE_S) == -signal.SIGKILL, "the end that it had seen before it was stopped"
    assert process.stdout is not None
    assert process.stdout.read() == ""
    process.stdout.close()


def test_one_that_has_sent_its_last_may_take_its_time_to_end(fence: Fence) -> None:
    fence.set(now() + 3 * NS_PER_S, now() + 4 * NS_PER_S)
    process = guarded(fence, "end", "5")
    begun(process, fence)
    assert process.wait(PATIENCE_S) == 0
    assert process.stdout is not None
    process.stdout.close()
