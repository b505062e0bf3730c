"""What an API server, or whoever stands in for it, answers an election: any document, at any time."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ricloop.core.time import NS_PER_S
from ricloop.platform.lease import Election, Refused, Terms
from ricloop.platform.leaserecord import RELEASED, read
from tests.fuzz.target import Target

STEP = NS_PER_S


def _answers(data: bytes) -> None:
    """A document a line, each the answer to what was asked then; what is no JSON is a refusal with that many octets."""
    election, now = Election(Terms(6, NS_PER_S), "me"), 0
    election.willing = True
    for line in data.split(b"\n")[:64]:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            document = None
        now += STEP
        if (request := election.next(now)) is not None:
            lease = read(document)
            election.answered(request, lease or Refused(len(line) % 600, "fuzzed", float(len(line))), now)
        assert election.right_until <= now + 5 * NS_PER_S, "no answer gives more than what was asked for"
        due = election.timer_at()
        assert due is None or due <= now + 3 * NS_PER_S, "it looks again soon, whatever it was told"


def _seeds() -> Iterator[bytes]:
    def lease(version: int, holder: str, **meta: object) -> bytes:
        spec = {"holderIdentity": holder, "renewTime": f"{version}", "leaseDurationSeconds": 6, "leaseTransitions": 1}
        return json.dumps({"metadata": {"resourceVersion": str(version), **meta}, "spec": spec}).encode()

    yield b"\n".join(lease(number, "other") for number in range(4))
    yield b"\n".join([lease(1, "other")] * 8 + [lease(2, "me"), lease(3, "me"), b"", lease(4, "other")])
    yield lease(1, "", annotations={RELEASED: "in order"}) + b"\n" + lease(2, "me") + b"\nnull\n\n[]"


TARGETS: dict[str, Target] = {"lease": Target("what an API server says of a lease", _answers, _seeds)}
