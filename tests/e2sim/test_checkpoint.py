"""Checkpoints: a run that was kept and goes on ends as one that was never stopped; what is spoiled is refused."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.checkpoint.file import load, save
from ricloop_e2sim.energy.cellstate import CellState, Depth
from ricloop_e2sim.flows.schedule import Block
from ricloop_e2sim.flows.services import SERVICES
from ricloop_e2sim.network.hexagons import Hexagons
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.population import MOVES, Group
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.rrc.handover import Phase
from ricloop_e2sim.scenarios import NETWORKS, find_network
from tests.e2sim.networks import TOWN

EVERYTHING = NetworkScenario(
    name="everything",
    title="every service, every way of moving",
    groups=tuple(
        Group(
            3,
            service,
            (moves := MOVES[number % len(MOVES)]),
            speed_kmh=60,
            indoor=0.3,
            line=((-400.0, 0.0), (600.0, 100.0)) if moves == "route" else (),
            blocks=(Block(0, 24, 1.0, 0.5),) if number % 4 == 0 else (),
        )
        for number, service in enumerate(SERVICES)
    ),
    deployment=Hexagons(sites=3),
    seconds=6.0,
)


def ran(scenario: NetworkScenario, ticks: int, seconds: float = 6.0) -> NetworkRun:
    run = NetworkRun(scenario, 3, seconds)
    for _ in range(ticks):
        run.advance()
    return run


def finish(run: NetworkRun) -> NetworkRun:
    while not run.done:
        run.advance()
    return run


def check_goes_on_alike(run: NetworkRun, path: Path) -> None:
    """Keep it, finish both, compare everything that is told and counted."""
    save(run, path)
    other = load(path)
    assert (other.seed, other.done_ticks, other.ticks, other.time_us) == (
        run.seed, run.done_ticks, run.ticks, run.time_us,
    )  # fmt: skip
    assert other.scenario == run.scenario
    assert other.digest == run.digest
    finish(run)
    finish(other)
    assert other.result() == run.result()
    assert other.status() == run.status()
    for mine, its in zip(vars(other.world.totals).values(), vars(run.world.totals).values(), strict=True):
        np.testing.assert_array_equal(mine, its)
    for name in ("serving", "camped", "backlog", "use", "sinr_db", "availability.in_service"):
        np.testing.assert_array_equal(attrgetter(name)(other.world), attrgetter(name)(run.world))
    np.testing.assert_array_equal(other.world.population.xy, run.world.population.xy)


def early(scenario: NetworkScenario, shift_s: float = 9.5) -> NetworkScenario:
    """The same with its anomalies sooner."""
    moved = (
        replace(one, start_s=max(one.start_s - shift_s, 0.2), end_s=one.end_s - shift_s) for one in scenario.impairments
    )
    return replace(scenario, impairments=tuple(moved))


@pytest.mark.parametrize("ticks", [0, 7, 30])
@pytest.mark.parametrize("name", list(NETWORKS))
def test_each_of_the_twelve_goes_on_as_if_nothing_had_been(name: str, ticks: int, tmp_path: Path) -> None:
    check_goes_on_alike(ran(early(find_network(name).scaled(users=40)), ticks, 4.0), tmp_path / "at.ckpt")


@pytest.mark.parametrize("ticks", [1, 13, 40])
def test_every_service_and_every_way_of_moving_goes_on(ticks: int, tmp_path: Path) -> None:
    assert set(SERVICES) == {group.service for group in EVERYTHING.groups}
    assert set(MOVES) == {group.moves for group in EVERYTHING.groups}
    check_goes_on_alike(ran(EVERYTHING, ticks), tmp_path / "at.ckpt")


def test_in_the_middle_of_handovers_and_with_one_ordered(tmp_path: Path) -> None:
    run = ran(replace(TOWN, tick_us=10_000), 30, 2.0)
    world = run.world
    user = int(np.flatnonzero((world.serving >= 0) & world.roaming.settled())[0])
    others = [cell for cell in world.air.near[user].tolist() if cell not in (-1, world.serving[user])]
    assert world.hand_over(user, others[0]) == ""
    check_goes_on_alike(run, tmp_path / "ordered.ckpt")
    run = ran(replace(TOWN, tick_us=10_000), 30, 2.0)
    assert run.world.hand_over(user, others[0]) == ""
    run.advance()
    assert run.world.roaming.handovers.phase[user] == Phase.PREPARING
    check_goes_on_alike(run, tmp_path / "preparing.ckpt")


@pytest.mark.parametrize("state", [CellState.FALLING_ASLEEP, CellState.ASLEEP, CellState.WAKING])
def test_in_the_middle_of_sleep_and_of_link_failures(state: CellState, tmp_path: Path) -> None:
    # A deep sleep is entered in 25 ms.
    run = ran(replace(TOWN, tick_us=10_000), 60, 2.0)
    run.world.availability.energy.sleep(0, Depth.LIGHT)
    run.world.availability.energy.sleep(1, Depth.DEEP)
    save(run, tmp_path / "commanded.ckpt")
    run = load(tmp_path / "commanded.ckpt")
    for _ in range(15):
        if run.world.availability.energy.state[1] == state:
            break
        run.advance()
        if run.world.availability.energy.state[1] == CellState.ASLEEP and state is CellState.WAKING:
            run.world.availability.energy.sleep(1, Depth.AWAKE)
    assert run.world.availability.energy.state[1] == state
    check_goes_on_alike(run, tmp_path / "at.ckpt")


def test_while_users_look_for_a_cell(tmp_path: Path) -> None:
    run = ran(TOWN, 20)
    for cell in range(3):
        run.world.availability.energy.sleep(cell, Depth.DEEP)
    while not run.world.roaming.links.seeking.any():
        run.advance()
    check_goes_on_alike(run, tmp_path / "at.ckpt")


@pytest.mark.parametrize("kind", ["sleeping-cell", "interference", "backhaul-congestion", "slice-sla", "blackout"])
def test_in_the_middle_of_an_anomaly(kind: str, tmp_path: Path) -> None:
    wrong = Impairment(kind, "gnb2", 1.0, 3.0, 20.0)
    run = ran(replace(TOWN, impairments=(wrong,)), 20, 4.0)
    check_goes_on_alike(run, tmp_path / "at.ckpt")


def test_slices_that_were_configured_stay_so(tmp_path: Path) -> None:
    run = ran(find_network("slice-sla").scaled(users=40), 10, 3.0)
    assert run.world.slicing.configure(2, 0, 0.0, 10.0, 55.0) == ""
    save(run, tmp_path / "at.ckpt")
    assert load(tmp_path / "at.ckpt").world.slicing.maximum[2, 0] == 55.0
    check_goes_on_alike(run, tmp_path / "at.ckpt")


def test_another_process_goes_on_to_the_same_end(tmp_path: Path) -> None:
    run, path = ran(EVERYTHING, 25), tmp_path / "at.ckpt"
    save(run, path)
    code = (
        "import json, sys; from pathlib import Path; from ricloop_e2sim.checkpoint.file import load\n"
        "run = load(Path(sys.argv[1]))\nwhile not run.done: run.advance()\nprint(json.dumps(run.result()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(finish(run).result()))


def test_the_same_state_is_the_same_file_also_by_way_of_another(tmp_path: Path) -> None:
    first, again = tmp_path / "first.ckpt", tmp_path / "again.ckpt"
    save(ran(EVERYTHING, 9), first)
    save(load(first), again)
    whole = first.read_bytes()
    save(ran(EVERYTHING, 9), again)
    assert again.read_bytes() == whole
    assert sorted(tmp_path.iterdir()) == [again, first]


def test_it_can_go_on_for_longer_than_it_was_meant_to_but_not_for_less(tmp_path: Path) -> None:
    save(ran(TOWN, 20, 2.0), tmp_path / "at.ckpt")
    run = load(tmp_path / "at.ckpt")
    assert run.done
    with pytest.raises(ConfigError, match=r"at 2 s already; give more"):
        run.until(1.9)
    run.until(3.0)
    assert finish(run).result() == finish(ran(TOWN, 0, 3.0)).result()


def test_arrays_that_are_held_twice_are_held_twice_again(tmp_path: Path) -> None:
    save(ran(TOWN, 5), tmp_path / "at.ckpt")
    world = load(tmp_path / "at.ckpt").world
    assert world.air._downlink.near is world.air.channel.near
    assert world.roaming._air is world.air
    assert world.roaming._limit is world._limit
    assert world.slicing.ratios is world.delivery.scheduler.ratios
    assert world.air.measured is world.air._filter.filtered
    assert world.air.strength is not world.air.measured


# ------------------------------------------------------------------------------------------------------ spoiled files


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Path:
    path = tmp_path / "at.ckpt"
    save(ran(TOWN, 3), path)
    return path


def rewritten(path: Path, **changes: Any) -> Path:
    """The file with other fields in its document, and a right digest."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["state.json"]) | changes
    members["state.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = b"0" * 64
        for name, content in members.items():
            archive.writestr(name, content)
    whole = path.read_bytes()[:-64]
    path.write_bytes(whole + hashlib.sha256(whole).hexdigest().encode())
    return path


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99999])
def test_a_file_that_was_cut_is_refused(kept: Path, share: float) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ConfigError, match=r"at\.ckpt: this is no checkpoint, or one that was cut or altered"):
        load(kept)


def test_a_file_of_which_any_bit_was_altered_is_refused(kept: Path) -> None:
    whole = kept.read_bytes()
    places = [0, 40, len(whole) - 1, len(whole) - 64, *np.random.default_rng(1).integers(0, len(whole), 60).tolist()]
    for place in places:
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ConfigError, match="cut or altered"):
            load(kept)
    kept.write_bytes(whole)
    assert load(kept).done_ticks == 3


def test_another_schema_and_another_version_are_named(kept: Path) -> None:
    assert load(rewritten(kept)).done_ticks == 3
    with zipfile.ZipFile(kept) as archive:
        made_by = json.loads(archive.read("state.json"))["made_by"]
    assert set(made_by) == {"ricloop", "numpy", "simulator"}
    for name in made_by:
        with pytest.raises(ConfigError, match=rf"at\.ckpt: another version wrote it \({name} 0\.0, here "):
            load(rewritten(kept, made_by=made_by | {name: "0.0"}))
    with pytest.raises(ConfigError, match=r"at\.ckpt: its schema is 2; this version reads 1"):
        load(rewritten(kept, schema=2))


def test_another_scenario_than_the_state_is_of_is_refused(kept: Path) -> None:
    with pytest.raises(ConfigError, match=r"at\.ckpt: .* start the run anew"):
        load(rewritten(kept, scenario="schema: 1\nbased_on: highway\n"))


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.ckpt"
    with pytest.raises(ConfigError, match=r"some\.ckpt: No such file"):
        load(path)
    path.write_bytes(b"word " + hashlib.sha256(b"word ").hexdigest().encode())
    with pytest.raises(ConfigError, match=r"some\.ckpt: this is none"):
        load(path)
    with pytest.raises(ConfigError, match=r"folder\.ckpt: No such file"):
        save(ran(TOWN, 0), tmp_path / "no" / "folder.ckpt")
