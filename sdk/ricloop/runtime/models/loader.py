"""Looks at a version before the loop has anything to do with it: `python -m ricloop.runtime.models.loader WORK`.

Verifying, choosing an engine and measuring it takes a second or more of a processor, and in the loop's process would
hold the interpreter for tens of milliseconds at a time. So a process does it, and says what the loop needs to have the
same within some milliseconds: a JSON object on standard output, {"digest", "engine", "times", "ready_ns"}, or
{"error": why it is refused}.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from ricloop.core.affinity import step_aside
from ricloop.core.errors import RicloopError
from ricloop.core.model import BUCKETS, ModelError
from ricloop.engine import choose
from ricloop.engine.measured import Measured
from ricloop.engine.registry import make
from ricloop.link.clock import SystemClock
from ricloop.runtime.log import configure
from ricloop.store import Artifact, Registry, find, read_trust
from ricloop.store.registry import Placed

NICENESS = 10
TAIL = 3
"""How many times its usual time a run may take, as far as this process can tell; what it is in the loop shows there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to look at, and what it has to hold."""

    root: str
    """Of the registry."""
    name: str
    version: str | None
    digest: str | None
    """As promoted; None: what is shipped."""
    trust: str | None
    require_signature: bool
    rows: int
    """Cells that it is asked about at once."""
    budget_ns: int
    """What the deadline leaves for it."""


def start(work: Work) -> subprocess.Popen[bytes]:
    """Begin; what it says is there when it has ended."""
    return subprocess.Popen(
        [sys.executable, "-m", "ricloop.runtime.models.loader", orjson.dumps(asdict(work)).decode()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def found(work: Work) -> Artifact:
    """The artifact. Raises ModelError or ConfigError for what may not run."""
    trust = read_trust(
        None if work.trust is None else Path(work.trust),
        required=work.require_signature,
        today=datetime.now(UTC).date(),
    )
    if work.version is None or work.digest is None:
        return find(work.name, trust=trust)
    return Registry(Path(work.root), trust).load(work.name, Placed(version=work.version, digest=work.digest))


def look_at(work: Work) -> dict[str, Any]:
    """What the loop needs of a version. Raises ModelError for one that is not sound, or too slow."""
    clock, artifact = SystemClock(), found(work)
    chosen = choose(artifact, artifact.engines, clock=clock, rows=work.rows)
    # A process that lets others go first measures their turns as well, and the loop would count on those for ever.
    times = {bucket: (usual, min(worst, TAIL * usual)) for bucket, (usual, worst) in chosen.measured().items()}
    chosen.close()
    begun = clock.now()
    found(work)
    measured = Measured(make(chosen.name, artifact, BUCKETS), clock, times)
    ready_ns = clock.now() - begun
    expected = measured.expected_ns(work.rows)
    measured.close()
    if expected > work.budget_ns:
        raise ModelError(
            f"{artifact.version} takes up to {expected / 1e6:.2f} ms for {work.rows} cells on {measured.name}, and the "
            f"deadline leaves {work.budget_ns / 1e6:.2f} ms. Use a smaller model, or a longer deadline"
        )
    return {"digest": artifact.digest, "engine": chosen.name, "times": times, "ready_ns": ready_ns}


def main(words: list[str]) -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    configure(quiet=True)
    step_aside()
    try:
        said = look_at(Work(**orjson.loads(words[0])))
    except RicloopError as error:
        said = {"error": str(error)}
    # Nobody reads it where the RIC ended meanwhile.
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), orjson.dumps(said, option=orjson.OPT_NON_STR_KEYS))


if __name__ == "__main__":
    main(sys.argv[1:])
