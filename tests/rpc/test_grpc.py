"""A RIC and xApps in processes of their own, over real gRPC and TLS."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from ricloop.core.errors import ConfigError, TransportError
from ricloop.rpc import wire_xapp
from ricloop.rpc.channel import METHOD, Channel
from ricloop.rpc.tls import Files
from ricloop.store import find
from tests.rpc.ends import Authority, End, Ends, Ric, ends, free_port
from tests.rpc.xapps import Steady

STEADY = "tests.rpc.xapps:Steady"
HOLD_NS = 1_000_000_000
MODELS = {"forecasting": "traffic-forecast-mlp", "watching": "anomaly-ae"}


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Ends]:
    with ends(tmp_path) as made:
        yield made


def connected(status: dict[str, Any]) -> bool:
    return bool(status["apart"]["connected"])


def decisions(ric: Ric) -> list[dict[str, Any]]:
    return [record for record in ric.records() if record["kind"] == "decision"]


def test_the_bundled_xapps_run_in_processes_of_their_own(both: Ends, tmp_path: Path) -> None:
    ric = both.ric()
    minimal = both.xapp(ric, "minimal", "--audit", str(tmp_path / "minimal.jsonl"))
    saving = both.xapp(ric, "energy-saving", "--set", "energy-saving.calm_s=0.2")
    assert "connected" in minimal.line()
    assert "connected" in saving.line()
    network = both.network(ric, "--seconds", "3")
    assert network.status() == 0
    assert minimal.end() == 130
    assert saving.end(signal.SIGTERM) == 143
    result = ric.ask("finish")["result"]
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    assert result["apart"]["refused"] == dict.fromkeys(result["apart"]["refused"], 0)
    answered = [record for record in decisions(ric) if record["source"] == "handler"]
    assert {record["xapp"] for record in answered} == {"minimal", "energy-saving"}
    kept = [json.loads(line) for line in (tmp_path / "minimal.jsonl").read_text().splitlines()]
    own = [record for record in decisions(ric) if record["xapp"] == "minimal"]
    assert kept == own[: len(kept)]
    assert len(kept) >= len(own) - 4, "all but what was under way when it ended"
    assert ric.status() == 0


def test_a_control_and_its_outcomes_reach_both_ends(both: Ends, tmp_path: Path) -> None:
    ric = both.ric()
    steady = both.xapp(ric, STEADY, "--audit", str(tmp_path / "steady.jsonl"))
    steady.line()
    assert both.network(ric, "--seconds", "2").status() == 0
    ric.until(lambda status: status["nodes"] == 0)
    assert steady.end() == 130
    ric.ask("finish")
    kept = [json.loads(line) for line in (tmp_path / "steady.jsonl").read_text().splitlines()]
    accepted = [r for r in kept if r["kind"] == "outcome" and r["state"] == "accepted"]
    assert accepted
    assert [r for r in ric.records() if r["kind"] == "outcome" and r["state"] == "accepted"][
        : len(accepted)
    ] == accepted


def test_the_shipped_models_answer_in_processes_of_their_own(both: Ends) -> None:
    ric = both.ric()
    folder = find(MODELS["forecasting"]).folder
    xapps = {
        "forecasting": both.xapp(ric, "tests.rpc.modelled:Forecasting", "--model", f"{MODELS['forecasting']}={folder}"),
        "watching": both.xapp(ric, "tests.rpc.modelled:Watching"),
    }
    for xapp in xapps.values():
        assert "connected" in xapp.line(), "warm by then"
    assert both.network(ric, "--seconds", "4").status() == 0
    result = ric.ask("finish")["result"]
    answered = [record for record in decisions(ric) if record["source"] == "handler"]
    versions = {name: find(model).version for name, model in MODELS.items()}
    assert {record["xapp"]: record["model"] for record in answered} == versions
    assert all(0 < record["model_ms"] < 90 for record in answered)
    assert result["predictions"] >= len(answered)
    assert result["apart"]["unseen"] == 0
    assert sum(result["model_faults"].values()) == 0
    assert xapps["forecasting"].end() == 130


def test_a_policy_of_a_file_is_in_force_as_long_as_the_file_says_so(both: Ends, tmp_path: Path) -> None:
    file = tmp_path / "policies.json"

    def write(*numbers: int) -> None:
        told = {str(number): {"type": "Rule", "policy": {"number": number}} for number in numbers}
        file.with_suffix(".new").write_text(json.dumps({"schema": 1, "policies": told}))
        file.with_suffix(".new").replace(file)

    write(20)
    ric = both.ric("--policies", str(file))
    both.xapp(ric, "tests.rpc.xapps:Ruled").line()
    assert ric.ask("status")["a1_policies"] == {"ENFORCED": 1, "NOT_ENFORCED": 0}
    both.network(ric)

    def reads(what: object) -> None:
        ric.until(lambda _: decisions(ric)[-1:] and decisions(ric)[-1]["reason"] == f"rule {what}")

    reads(20)
    write(30, 40)
    reads(30)
    assert ric.ask("status")["a1_policies"] == {"ENFORCED": 1, "NOT_ENFORCED": 1}
    assert ric.said("policy '30' of this type is there already")
    write()
    reads(None)


@pytest.mark.parametrize("priority", ["apart", "here"])
def test_priorities_hold_between_here_and_apart(both: Ends, priority: str) -> None:
    names = ("tests.rpc.xapps:Steady", "tests.rpc.xapps:Strong")
    here, apart = names if priority == "apart" else names[::-1]
    ric = both.ric("--xapp", here)
    both.xapp(ric, apart).line()
    assert both.network(ric, "--seconds", "2").status() == 0
    ric.ask("finish")
    held: dict[str, int] = {}
    refused = []
    for record in decisions(ric):
        if record["source"] != "handler":
            continue
        if record["xapp"] == "strong":
            assert record["controls"]
            held[record["gnb"]] = record["time"]
            continue
        by = [refusal["by"] for refusal in record["refused"]]
        # A hold lasts a second; on a busy machine the stronger one may not come back in that time.
        if record["time"] - held.get(record["gnb"], -HOLD_NS) < HOLD_NS // 2:
            assert by == ["arbiter"]
        refused += by
    assert "arbiter" in refused


# ------------------------------------------------------------------------------------------------- who may come in


@pytest.mark.parametrize(
    ("case", "counted"),
    [("no certificate", "no certificate"), ("wrong authority", "untrusted"), ("expired", "expired")],
)
def test_without_a_good_certificate_nobody_comes_in(both: Ends, tmp_path: Path, case: str, counted: str) -> None:
    ric = both.ric()
    cert, key = both.authority.issue("steady", expired=case == "expired")
    if case == "wrong authority":
        cert, key = Authority.new(tmp_path, "other").issue("steady")
    if case == "no certificate":
        with pytest.raises(grpc.aio.AioRpcError):
            asyncio.run(anonymous(ric.rpc, both.authority.ca.read_bytes()))
    else:
        xapp = both.xapp(ric, STEADY, files=(cert, key))
        assert xapp.said("not connected")
        assert xapp.said("it does not take this certificate")
        assert xapp.end() == 130
    status = ric.until(lambda status: status["apart"]["refused"][counted])
    assert status["apart"]["connected"] == 0
    assert ric.said(f'why="{counted}"' if " " in counted else f"why={counted}")
    both.xapp(ric, STEADY, log="good").line()
    ric.until(connected)


async def anonymous(where: str, ca: bytes) -> None:
    """Somebody who trusts the RIC and shows no certificate."""
    async with grpc.aio.secure_channel(where, grpc.ssl_channel_credentials(ca)) as channel:
        call = channel.stream_stream(METHOD)()
        await call.write(b"")
        await call.read()


def test_a_ric_that_is_not_of_our_authority_gets_nothing(both: Ends, tmp_path: Path) -> None:
    ric = both.ric()
    xapp = both.xapp(ric, STEADY, authority=Authority.new(tmp_path, "other"))
    assert xapp.said("the RIC's certificate is not of the authority that --ca names")
    assert not ric.ask("status")["apart"]["connected"]


def test_an_xapp_runs_under_the_name_of_its_certificate_alone(both: Ends) -> None:
    ric = both.ric("--allow-xapp", "st*")
    wrong = both.xapp(ric, STEADY, files=both.authority.issue("minimal"), log="wrong")
    assert wrong.status() == 2
    assert "the certificate is that of localhost, minimal" in wrong.log.read_text()
    other = both.xapp(ric, "minimal", log="other")
    assert other.status() == 2
    assert "--allow-xapp" in other.log.read_text()
    both.xapp(ric, STEADY, files=both.authority.issue("steady", common_name="team a"), log="right").line()
    refused = ric.until(connected)["apart"]["refused"]
    assert (refused["name"], refused["not_allowed"]) == (1, 1)


def test_without_certificates_nothing_leaves_this_machine(both: Ends) -> None:
    for arguments in (
        ("ric", "--rpc", "127.0.0.1:0"),
        ("ric", "--rpc", "0.0.0.0:0", "--rpc-insecure"),
        ("ric", "--rpc", "127.0.0.1:0", "--rpc-ca", str(both.authority.ca)),
        ("ric", "--rpc-insecure"),
        ("ric", "--harness", "--clock", "lockstep", "--rpc", "127.0.0.1:0", "--rpc-insecure"),
        ("ric", "--rpc", "nowhere", "--rpc-insecure"),
        ("xapp", "minimal", "--connect", "127.0.0.1:1"),
        ("xapp", "minimal", "--connect", "192.0.2.1:1", "--insecure"),
    ):
        end = both.kept(End(both.folder, "misuse", *arguments))
        assert end.status() == 2, arguments
        assert "ricloop: error: " in end.log.read_text()


def test_a_key_of_another_certificate_and_a_broken_authority_are_named_before_anything_runs(both: Ends) -> None:
    (cert, _), (_, other) = both.authority.issue("localhost"), both.authority.issue("steady")
    broken = both.folder / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for ca, key, says in (
        (both.authority.ca, other, f"cert {cert} and --KEY {other} do not go together"),
        (broken, other, f"ca {broken}: no certificate in it can be read"),
    ):
        for option, command in (
            ("--rpc-", ("ric", "--rpc", "127.0.0.1:0")),
            ("--", ("xapp", "minimal", "--connect", "127.0.0.1:1")),
        ):
            files = (f"{option}ca", str(ca), f"{option}cert", str(cert), f"{option}key", str(key))
            end = both.kept(End(both.folder, "files", *command, *files))
            assert end.status() == 2
            assert f"ricloop: error: {option}{says.replace('--KEY', f'{option}key')}" in end.log.read_text()


def test_a_certificate_of_a_kind_that_grpc_does_not_read_is_named(both: Ends) -> None:
    cert, key = both.authority.issue("localhost")
    trusted = both.folder / "trusted.pem"
    trusted.write_text(cert.read_text().replace(" CERTIFICATE-", " TRUSTED CERTIFICATE-"))
    with pytest.raises(ConfigError, match=f"--rpc-cert {trusted}: gRPC reads only BEGIN CERTIFICATE"):
        Files.of(both.authority.ca, trusted, key, "--rpc-")


def test_a_ric_whose_certificate_is_in_another_name_is_not_spoken_to_and_that_is_said(both: Ends) -> None:
    ric = both.ric(rpc=f"127.0.0.1:{free_port()}")
    xapp = both.xapp(ric, STEADY)
    assert xapp.said("the RIC's certificate is not in the name of this host")


# ------------------------------------------------------------------------------------------------- what can go wrong


def test_an_xapp_outlives_its_front_process_and_its_ric(both: Ends) -> None:
    where = f"localhost:{free_port()}"
    first = both.ric(rpc=where)
    xapp = both.xapp(where, STEADY)
    xapp.line()
    both.network(first, "--seconds", "600")
    first.until(lambda status: status["apart"]["questions"]["answered"] > 3)
    front = children(first.process.pid, "ricloop.rpc.front")
    os.kill(front[0], signal.SIGKILL)
    status = first.until(lambda status: status["apart"]["resumed"] == 1 and connected(status))
    assert status["subscriptions"], "its subscriptions were kept"
    answered = status["apart"]["questions"]["answered"]
    first.until(lambda status: status["apart"]["questions"]["answered"] > answered)
    result = first.ask("finish")["result"]
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    assert first.status() == 0
    # All its decisions are in the audit, each once.
    numbers = [record["id"] for record in decisions(first)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    second = both.ric(rpc=where)
    second.until(connected)
    assert xapp.process.poll() is None
    assert xapp.end() == 130
    second.until(lambda status: not status["apart"]["connected"] and not status["apart"]["away"])


def test_an_end_that_only_stops_is_soon_known_to_be_away(both: Ends) -> None:
    """Its kernel goes on acknowledging, and gRPC by itself waits for a minute."""
    ric = both.ric()
    xapp = both.xapp(ric, STEADY)
    xapp.line()
    front = children(ric.process.pid, "ricloop.rpc.front")[0]
    began = time.monotonic()
    os.kill(front, signal.SIGSTOP)
    assert xapp.said("ping timeout")
    os.kill(front, signal.SIGCONT)
    ric.until(lambda status: status["apart"]["resumed"] == 1 and connected(status))
    os.kill(xapp.process.pid, signal.SIGSTOP)
    ric.until(lambda status: status["apart"]["away"] == 1)
    os.kill(xapp.process.pid, signal.SIGCONT)
    assert time.monotonic() - began < 45


def children(of: int, module: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == of and module in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_one_that_hangs_or_is_killed_disturbs_no_other(both: Ends) -> None:
    ric = both.ric("--settings", str(short_grace(both.folder)))
    hangs = both.xapp(ric, "tests.rpc.xapps:Hangs")
    both.xapp(ric, STEADY).line()
    hangs.line()
    both.network(ric, "--seconds", "600")
    before = ric.until(lambda status: status["deadline_misses"] > 20)["apart"]["questions"]
    ric.until(lambda status: status["apart"]["questions"]["answered"] > before["answered"] + 5)
    hangs.process.kill()
    ric.until(lambda status: status["apart"]["connected"] == 1 and not status["apart"]["away"])
    result = ric.ask("finish")["result"]
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    causes = {record["cause"] for record in decisions(ric) if record["xapp"] == "hangs"}
    assert "late" in causes
    steady = [record for record in decisions(ric) if record["xapp"] == "steady"]
    assert sum(record["source"] == "handler" for record in steady) > 0.8 * len(steady)


def short_grace(folder: Path) -> Path:
    file = folder / "settings.toml"
    file.write_text("[ric]\ngrace_s = 0.5\n")
    return file


@pytest.mark.parametrize(("sent", "counted"), [("garbage", "garbage"), ("flood", "flood"), ("too much", None)])
def test_who_sends_what_is_none_is_shown_out(both: Ends, sent: str, counted: str | None) -> None:
    ric = both.ric()
    both.xapp(ric, STEADY).line()
    cert, key = both.authority.issue("rogue")
    asyncio.run(rogue(ric.rpc, Files(both.authority.ca, cert, key), sent))
    if counted is not None:
        ric.until(lambda status: status["apart"]["refused"][counted])
    ric.until(lambda status: status["apart"]["connected"] == 1 and not status["apart"]["away"])


async def rogue(where: str, files: Files, sent: str) -> None:
    """Says what no xApp says, until its stream is closed."""

    class Rogue(Steady):
        name = "rogue"

    channel = Channel(where, files)
    try:
        if sent == "garbage":
            await channel.write(b"\xff" * 100)
        elif sent == "too much":
            await channel.write(bytes(1 << 20))
        else:
            await channel.write(wire_xapp.hello(Rogue(), "", 0, 4, False, "active"))
            await channel.read()
            for _ in range(1000):
                await channel.write(wire_xapp.have_seen(0))
        while await channel.read() is not None:
            pass
    except TransportError:
        pass
    finally:
        await channel.close()


def test_a_slow_reader_costs_bounded_memory_and_nobody_else(both: Ends) -> None:
    ric = both.ric()
    both.xapp(ric, STEADY).line()
    both.network(ric, "--seconds", "600")
    ric.until(lambda status: status["apart"]["questions"]["answered"] > 3)
    cert, key = both.authority.issue("rogue")
    asyncio.run(slow(ric, Files(both.authority.ca, cert, key)))
    result = ric.ask("finish")["result"]
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]


async def slow(ric: Ric, files: Files) -> None:
    class Rogue(Steady):
        name = "rogue"

    channel = Channel(ric.rpc, files)
    await channel.write(wire_xapp.hello(Rogue(), "", 0, 256, True, "active"))
    await asyncio.to_thread(ric.until, lambda status: status["apart"]["connected"] == 2)
    answered = ric.ask("status")["apart"]["questions"]["answered"]
    status = await asyncio.to_thread(ric.until, lambda status: status["apart"]["questions"]["answered"] > answered + 20)
    assert status["apart"]["connected"] == 2
    await channel.close()


def test_the_end_of_the_ric_ends_its_door(both: Ends) -> None:
    ric = both.ric()
    front = children(ric.process.pid, "ricloop.rpc.front")
    assert len(front) == 1
    ric.end(signal.SIGTERM)
    assert not Path(f"/proc/{front[0]}").exists() or not children(ric.process.pid, "ricloop.rpc.front")


def test_a_port_that_is_taken_is_told(both: Ends) -> None:
    ric = both.ric()
    cert, key = both.authority.issue("ric")
    second = both.kept(
        End(both.folder, "second", "ric", "--listen", "tcp://127.0.0.1:0", "--rpc", ric.rpc, "--rpc-ca",
            str(both.authority.ca), "--rpc-cert", str(cert), "--rpc-key", str(key))
    )  # fmt: skip
    assert second.status() == 3
    assert "xApps cannot be served at" in second.log.read_text()
    assert "--rpc may name another" in second.log.read_text()
