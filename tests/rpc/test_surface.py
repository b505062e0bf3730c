"""What an xApp gets of RC in its RIC, it gets apart: the same tests, with every xApp apart. Where a handler overruns,
no answer of its process comes in time: nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ricloop import Decision
from ricloop.e2sm import rc
from tests.rpc.far import FarWorld
from tests.runtime import test_rc_surface as surface

OVERRUNS = (
    "test_a_late_xapp_is_answered_for_by_its_fallback_in_time",
    "test_an_answer_after_the_time_to_wait_is_not_sent_and_the_node_goes_on",
)
globals().update(
    {name: test for name, test in vars(surface).items() if name.startswith("test_") and name not in OVERRUNS}
)


@pytest.fixture
def worlds() -> Iterator[Callable[..., FarWorld]]:
    made: list[FarWorld] = []

    def make(*xapps: Any, **options: Any) -> FarWorld:
        world = FarWorld(**options)
        for app in xapps:
            world.join(app)
        world.step(3)
        made.append(world)
        return world

    yield make
    for world in made:
        world.ric.shutdown()
        world.exchange()
        world.ric.check()


@pytest.mark.parametrize("overrun_ms", [60, 400])
def test_one_that_overruns_answers_nothing_and_the_node_goes_on(
    worlds: Callable[..., FarWorld], overrun_ms: int
) -> None:
    app = surface.Gatekeeper()
    world = worlds(app)

    def slow(request: rc.Request) -> Decision:
        world.clock.set(world.clock.now() + overrun_ms * 1_000_000)
        return Decision.of(rc.accept(request), reason="too late")

    app.answer = slow
    surface.send_away(world)
    while not app.seen:
        world.step()
    while world.simulation.time_us * 1000 + surface.TICK_NS < world.clock.now():
        world.simulation.advance()
    world.step(4)
    decision = next(record for record in world.decisions() if record["handler"] == "asked")
    assert (decision["source"], decision["cause"]) == ("hold", "late")
    assert world.remotes.counts["late"] >= 1
    counts = surface.the_cu(world).world.returns.counts
    assert (counts.accepted, counts.denied) == (0, 0)
    assert counts.unanswered >= 1
