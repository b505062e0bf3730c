"""A hundred nodes at one RIC: exact accounts, flat memory, and a return of all at once that is no stampede."""

from __future__ import annotations

import tracemalloc

from ricloop.e2ap import V1, V2
from ricloop.runtime.nodes.asking import MAX_UNANSWERED
from tests.many import DIALECTS, Many, heap, problems, watch_memory
from tests.virtual_time import run_virtually


def test_a_hundred_nodes_for_half_a_minute_with_all_of_them_lost_at_once() -> None:
    # The soak has half an hour of it.
    async def run() -> None:
        many = Many()
        assert len(many.nodes) == 100
        await many.run(5)
        assert not many.unsubscribed()
        assert 0 < many.herd.unanswered <= MAX_UNANSWERED
        many.cut_all()
        await many.run(10)
        assert len(many.herd.setups) == 100, "each came back by one attempt"
        assert many.herd.most_setups_in(0.05) <= 25, "they come back spread, not together"
        assert 0 < many.herd.unanswered <= MAX_UNANSWERED
        assert not many.unsubscribed()
        assert max(many.asked.values()) == 4, "twice before and after; of a CU-CP again when its cells are known"
        middle = heap()
        await many.run(15)
        assert problems(many, middle, heap()) == []
        account = many.ric.account
        assert account.fanned_out > 1000
        assert many.apps[0].seen > 50 * 30
        assert many.apps[1].seen > 50 * 30
        rows = many.ric.inventory.report()["nodes"]
        assert {row["kind"] for row in rows} == {"gnb", "du"}
        assert {row["dialect"] for row in rows} == {str(dialect) for dialect in DIALECTS}
        assert {node.association.session.version for node in many.ric.nodes} == {V1, V2}
        assert {row["e2ap"] for row in rows} == {1, 2, 3}
        assert {row["connections"] for row in rows} == {2}
        await many.stop()
        many.ric.check()
        assert len(many.ric.nodes) == 0

    watch_memory()
    try:
        run_virtually(run)
    finally:
        tracemalloc.stop()
