"""One text on numpy and on torch: the same draws, digests and KPIs; and what is said of devices that are not there."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic import devices
from ricloop_e2sim.arithmetic.arrays import HOST, Arrays
from ricloop_e2sim.arithmetic.devices import arrays
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.channel.draws import normals, site_keys, user_keys
from ricloop_e2sim.checkpoint.file import save
from ricloop_e2sim.cli import app
from ricloop_e2sim.network.distributions import own_rsrp
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios import NETWORKS, find_network
from tests.e2sim.networks import TOWN, TWO_TOWNS

NO_TORCH = "torch is not installed: pip install 'ricloop[ml]'"


def missing_gpu() -> str:
    if find_spec("torch") is None:
        return NO_TORCH
    import torch

    return "" if torch.cuda.is_available() else "torch finds no GPU"


NEEDS_TORCH = pytest.mark.skipif(find_spec("torch") is None, reason=NO_TORCH)
NEEDS_GPU = (pytest.mark.gpu, pytest.mark.skipif(bool(missing_gpu()), reason=missing_gpu() or "there is a GPU"))
ON_TORCH = [pytest.param("torch-cpu", marks=NEEDS_TORCH), pytest.param("cuda", marks=NEEDS_GPU)]


def ran(scenario: NetworkScenario, device: str | None, seconds: float) -> NetworkRun:
    run = NetworkRun(scenario, 3, seconds, device)
    while not run.done:
        run.advance()
    return run


# Anomalies and faults of links need no look of their own: families differ by channel, carriers, mobility and slices.
FAMILIES = ("dense-urban-day", "stadium", "highway", "indoor-hotspot", "slice-sla", "mixed-vendor", "blackout")


@pytest.mark.parametrize("device", ON_TORCH)
@pytest.mark.parametrize("scenario", [*(NETWORKS[name] for name in FAMILIES), TWO_TOWNS], ids=lambda one: one.name)
def test_a_run_on_torch_comes_to_the_digest_counters_and_kpis_of_numpy(scenario: NetworkScenario, device: str) -> None:
    here, there = ran(scenario, None, 4.0), ran(scenario, device, 4.0)
    assert there.digest == here.digest
    np.testing.assert_array_equal(there.world.totals.rrc, here.world.totals.rrc)
    np.testing.assert_array_equal(there.world.serving, here.world.serving)
    mine, theirs = here.result()["kpis"], there.result()["kpis"]
    assert mine.keys() == theirs.keys()
    for name, value in mine.items():
        assert theirs[name] == (None if value is None else pytest.approx(value, rel=1e-9)), name
    np.testing.assert_allclose(own_rsrp(there.world), own_rsrp(here.world), rtol=1e-12)


@pytest.mark.parametrize("device", ON_TORCH)
def test_a_network_of_many_blocks_is_the_same_on_torch(device: str) -> None:
    """24 sites, of which a user keeps 12, and 3,000 users: sites come and go, and no array is computed at once."""
    city = find_network("dense-urban-day").scaled(24, 3000)
    here, there = ran(city, None, 1.0), ran(city, device, 1.0)
    assert len(here.world.air._blocks) > 1
    assert there.digest == here.digest
    np.testing.assert_array_equal(there.world.air.near, here.world.air.near)
    np.testing.assert_allclose(there.world.air.strength, here.world.air.strength, rtol=1e-12)


@pytest.mark.parametrize("device", ON_TORCH)
def test_draws_are_the_same_words_on_torch(device: str) -> None:
    xp = arrays(device)
    users = user_keys(np.random.SeedSequence(5), 1000)[:, np.newaxis]
    sites, counts = np.arange(-2, 30), np.full((1, 1), 2**40)
    keys = site_keys(xp.put(users), xp.put(sites), xp)
    np.testing.assert_array_equal(xp.get(keys), site_keys(users, sites))
    for theirs, mine in zip(normals(keys, xp.put(counts), xp), normals(site_keys(users, sites), counts), strict=True):
        np.testing.assert_allclose(xp.get(theirs), mine, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("device", [None, *ON_TORCH])
def test_operations_are_numpys_where_the_two_differ(device: str | None) -> None:
    xp: Arrays = arrays(device)
    rows = xp.put(np.array([[3.0, np.nan, -np.inf], [2.0, 7.0, 7.0]]))
    put, get = xp.put, xp.get

    def same(array: Any, wanted: object, kind: type) -> None:
        assert get(array).dtype == kind
        np.testing.assert_array_equal(get(array), wanted)

    same(xp.shift(put(np.array([-1, 2**62])), 60), [15, 4], np.int64)
    same(xp.take(put(np.array([1.0, 2.0, 3.0])), put(np.array([[-1, 0]]))), [[3, 1]], np.float64)
    same(xp.argmax(put(np.array([[False, True, True], [False, False, False]]))), [1, 0], np.int64)
    same(xp.argmax(rows[1:]), [1], np.int64)
    same(xp.where(xp.isfinite(rows), 1.0, 0.0), [[1, 0, 0], [1, 1, 1]], np.float64)
    same(xp.minimum(rows[1:], 3.0), [[2, 3, 3]], np.float64)
    same(xp.maximum(rows, 3.0), [[3, np.nan, 3], [3, 7, 7]], np.float64)
    same(xp.maximum(rows[1], rows[0]), [3, np.nan, 7], np.float64)
    same(xp.flip(rows[1:]), [[7, 7, 2]], np.float64)
    same(xp.sums(rows[1:]), [16], np.float64)
    same(xp.along(rows[1:], put(np.array([[1, 0]]))), [[7, 2]], np.float64)
    same(xp.floats(put(np.array([2**53]))), [2.0**53], np.float64)
    same(xp.degrees(xp.arctan2(put(np.array([1.0])), put(np.array([-1.0])))), [135], np.float64)
    same(xp.add(rows[1:], put(np.array([[1.0], [2.0]])), xp.empty((2, 3))), [[3, 8, 8], [4, 9, 9]], np.float64)
    same(xp.integers((2,), -1), [-1, -1], np.int64)
    same(xp.falses((1, 2)), [[False, False]], np.bool_)
    row, column = xp.places(put(np.array([[False, True], [True, True]])))
    assert (row.tolist(), column.tolist()) == ([0, 1, 1], [1, 0, 1])


def test_numpy_is_what_nobody_asks_for_and_never_imports_torch() -> None:
    assert arrays() is NUMPY is arrays("cpu")
    assert NUMPY.device == HOST == NetworkRun(TOWN, 1).world.air.xp.device
    code = (
        "import sys; from ricloop_e2sim.network.run import NetworkRun; from ricloop_e2sim.scenarios import NETWORKS; "
        "NetworkRun(NETWORKS['highway'], 1, 1.0).advance(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:²", "cuda0", "torch", "CPU", ""])
def test_a_device_that_is_none_is_refused(device: str) -> None:
    with pytest.raises(ConfigError, match=r"no device is called '.*'\. Known: cpu \(numpy\), cuda, cuda:N, torch-cpu"):
        arrays(device)


@pytest.mark.parametrize("device", ["torch-cpu", "cuda", "cuda:1"])
def test_without_torch_the_extra_is_named(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=rf"device {device}: torch is not installed: pip install 'ricloop\[ml\]'"):
        arrays(device)


@NEEDS_TORCH
def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"device cuda:99: torch finds .*; leave it out to run on numpy, or give tor"):
        arrays("cuda:99")


def invoke(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["run", *arguments, "--speed", "max"], catch_exceptions=False)
    return done.output


@NEEDS_TORCH
def test_the_command_runs_on_a_device(tmp_path: Path) -> None:
    files = tmp_path / "here.json", tmp_path / "there.json"
    for file, device in zip(files, ("cpu", "torch-cpu"), strict=True):
        invoke("highway", "--ues", "30", "--seconds", "1", "--quiet", "--device", device, "--json", str(file))
    here, there = (file.read_text().partition('"digest": "')[2][:64] for file in files)
    assert here == there != ""


def test_the_command_refuses_devices_where_they_mean_nothing(tmp_path: Path) -> None:
    kept = str(tmp_path / "kept")
    with pytest.raises(ConfigError, match="--device cpu: three-sites is of single gNBs"):
        invoke("three-sites", "--device", "cpu")
    with pytest.raises(ConfigError, match=r"only what runs on numpy can be kept; leave out --device cuda"):
        invoke("highway", "--device", "cuda", "--checkpoint", kept)
    with pytest.raises(ConfigError, match=r"it has its own; leave out --device cpu"):
        invoke("--resume", kept, "--device", "cpu")


@NEEDS_TORCH
def test_a_run_on_torch_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the state of this run is on torch-cpu; run it in numpy to keep it"):
        save(NetworkRun(TOWN, 1, 1.0, "torch-cpu"), tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


@NEEDS_TORCH
@pytest.mark.parametrize("scenario", [*(NETWORKS[name] for name in FAMILIES), TWO_TOWNS], ids=lambda one: one.name)
def test_host_and_device_meet_only_in_what_is_put_and_got(
    scenario: NetworkScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.e2sim.farmemory import FarArrays

    far = FarArrays()
    with pytest.raises(TypeError, match=r"far|Far"):
        far.zeros((3,))[np.array([True, False, True])]
    with pytest.raises(TypeError, match=r"far|Far"):
        np.ones(3) * far.zeros((3,))
    monkeypatch.setattr("ricloop_e2sim.network.scenario.arrays", lambda device: far)
    run = NetworkRun(scenario, 3, 4.0, "far")
    world = run.world
    pairs, quiet = world.air.near.size, 0
    while not run.done:
        far.travelled.clear()
        looks, planned = world.time_us % world.rules.measure_us == 0, len(world.impairments._edges)
        run.advance()
        if not looks and planned == len(world.impairments._edges):
            quiet += 1
            assert sum(far.travelled) < pairs
    assert quiet >= 15
    assert own_rsrp(world).shape == (len(world.serving),)
