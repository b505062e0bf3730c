"""What an election's process inherits and holds."""

from __future__ import annotations

import subprocess
import sys

from tests.platform.replicas import ROOT

PARENT = """
import os, subprocess, sys, time
from ricloop.runtime.election.child import bury_others

others = [subprocess.Popen([sys.executable, "-c", ""]) for _ in range(3)]
own = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
for other in others:
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
bury_others(own.pid)
left = []
for other in others:
    try:
        left.append(os.waitpid(other.pid, os.WNOHANG))
    except ChildProcessError:
        pass
assert own.poll() is None
own.communicate(b"\\n")
print(left, own.returncode)
"""


def test_what_a_killed_loop_had_started_is_buried_and_the_loop_itself_is_left_to_who_holds_it() -> None:
    said = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout == "[] 0\n"


def test_one_of_ours_that_has_ended_keeps_its_status() -> None:
    line = "import os; from ricloop.runtime.election.child import bury_others\n"
    line += "pid = os.posix_spawn('/bin/false', ['false'], {})\n"
    line += "os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT); bury_others(pid)\n"
    line += "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    said = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout == "1\n"
