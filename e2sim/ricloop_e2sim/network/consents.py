"""The say of policies and RICs in the handovers that measurements ask for, gNB by gNB (E2SM-RC 7.5.4, 7.7.4).

A handover that waits for an answer is held: its user is not asked about again, and goes to the target that was named,
however long ago that was. The hold ends without effect where the user left the cell in which it was asked about. What
is commanded is not asked about.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.e2node.returns import Returns


class Consents:
    """Of the gNB of every cell, `gnb` [c]."""

    def __init__(self, gnb: Ints, tick_us: int) -> None:
        self._gnb = gnb
        self.of = tuple(Returns(tick_us) for _ in range(int(gnb.max()) + 1))

    @property
    def consulted(self) -> bool:
        """False: everybody may go, and nobody is held."""
        return any(say.consulted for say in self.of)

    def given(
        self, users: Ints, targets: Ints, at_us: Ints, serving: Ints, free: Bools, start_us: int
    ) -> tuple[Ints, Ints, Ints]:
        """The handovers that go ahead in the tick that starts now, held ones among them: users, targets and times.

        `users`, all different, `targets` and `at_us` are [reports]; `serving` and `free` [u]: in no handover.
        """
        source = serving[users]
        gnb = np.where((source >= 0) & (source != targets) & free[users], self._gnb[source], -1)
        goes: Bools = gnb >= 0
        parts = []
        for number, say in enumerate(self.of):
            if not say.consulted:
                continue
            for question in say.waiting:
                if serving[question.user] != question.source or not free[question.user]:
                    say.withdraw(question)
            held = say.waiting
            own = np.flatnonzero(gnb == number)
            if len(own):
                goes[own] = False
                new = own[~np.isin(users[own], [one.user for one in held])]
                goes[new] = say.allow(users[new], source[new], targets[new], start_us)
            if held:
                who, left, where = np.array([(one.user, one.source, one.target) for one in held], dtype=np.int64).T
                told = np.flatnonzero(say.allow(who, left, where, start_us))
                parts.append((who[told], where[told], np.full(len(told), start_us)))
        rows = zip((users[goes], targets[goes], at_us[goes]), *parts, strict=True)
        user, target, when = (np.concatenate(row) for row in rows)
        return user, target, when
