"""The label of the pod that is in control, against an API server that refuses now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ricloop.platform.kube import LEADER, ROLE, Api, Kube
from ricloop.runtime.election import label as electlabel
from ricloop.runtime.election.label import PodLabel
from tests.platform import replicas
from tests.platform.kubeapi import Fault, KubeApi, serving

TIMEOUT_S = 1.0


@pytest.fixture
def api() -> Iterator[KubeApi]:
    with serving(KubeApi()) as running:
        running.pods |= {"ricplt/a": {ROLE: LEADER}, "ricplt/b": {}}
        yield running


async def passes_on(api: KubeApi, taken_back: bool) -> list[str]:
    """`b` takes over from `a` while nothing can be labelled, and is in control no longer before the next try."""
    refusals = 0
    refused = asyncio.Event()

    def failed(_: object) -> None:
        nonlocal refusals
        refusals += 1
        if refusals >= 2:
            refused.set()

    with ThreadPoolExecutor(2) as pool:
        label = PodLabel(Kube(Api(api.url), "ricplt", "ric", TIMEOUT_S), pool, "b", TIMEOUT_S, failed)
        await label.settle(5)
        api.fault("*", Fault(status=503))
        label.want(True, "a")
        async with asyncio.timeout(10):
            await refused.wait()
        if taken_back:
            label.want(False, "")
        api.fault("*", None)
        await label.settle(10)
        label.cancel()
    return api.leaders()


@pytest.mark.parametrize(("taken_back", "leaders"), [(False, ["ricplt/b"]), (True, ["ricplt/a"])])
def test_the_one_before_is_not_robbed_of_its_label_by_who_is_in_control_no_longer(
    api: KubeApi, monkeypatch: pytest.MonkeyPatch, taken_back: bool, leaders: list[str]
) -> None:
    monkeypatch.setattr(electlabel, "AGAIN_S", 0.1)
    assert asyncio.run(passes_on(api, taken_back)) == leaders


@pytest.mark.parametrize("before", ["../../../v1/namespaces/other/pods/a", "a?dryRun=All", "..", "A", "a/status", ""])
def test_a_holder_whose_name_is_no_pods_is_left_alone(api: KubeApi, before: str) -> None:
    async def taken() -> None:
        with ThreadPoolExecutor(2) as pool:
            label = PodLabel(Kube(Api(api.url), "ricplt", "ric", TIMEOUT_S), pool, "b", TIMEOUT_S, lambda _: None)
            await label.settle(5)
            label.want(True, before)
            await label.settle(5)

    asyncio.run(taken())
    assert api.asked == [("-", "PATCH")] * 2, "twice our own"
    assert api.leaders() == ["ricplt/a", "ricplt/b"]


def test_a_label_that_is_changed_behind_its_back_is_set_again(api: KubeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a request that was given up, and obeyed late."""
    monkeypatch.setattr(electlabel, "AFFIRM_S", 0.05)

    async def until(leaders: list[str]) -> None:
        await asyncio.to_thread(replicas.until, f"the label at {leaders}", lambda: api.leaders() == leaders, 10)

    async def changed() -> None:
        with ThreadPoolExecutor(2) as pool:
            label = PodLabel(Kube(Api(api.url), "ricplt", "ric", TIMEOUT_S), pool, "b", TIMEOUT_S, lambda _: None)
            label.want(True, "a")
            await until(["ricplt/b"])
            with api.lock:
                api.pods["ricplt/b"] = {}
            await until(["ricplt/b"])
            label.want(False, "")
            await until([])
            with api.lock:
                api.pods["ricplt/b"] = {ROLE: LEADER}
            await until([])
            await label.settle(5)

    asyncio.run(changed())
