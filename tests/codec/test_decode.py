"""`ricloop decode`: every kind of input gives trees, and one bad PDU hides no other."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ricloop.core.errors import ConfigError
from ricloop.decode import decode_inputs, render
from ricloop.e2ap import V1, encode
from ricloop.e2ap import messages as m
from ricloop.transport.capture import CaptureWriter
from tests.vectors.messages import MESSAGES, MESSAGES_V1

NODE, RIC = ("127.0.0.1", 40001), ("127.0.0.1", 36421)
RESET = bytes.fromhex("0003000e00000200310002000100014001 54".replace(" ", ""))


class Stdin:
    def __init__(self, octets: bytes) -> None:
        self.buffer = io.BytesIO(octets)


def capture(tmp_path: Path, *pdus: bytes, ppid: int = 70) -> Path:
    path = tmp_path / "x.pcap"
    with CaptureWriter(path) as writer:
        for number, pdu in enumerate(pdus):
            writer.write(pdu, source=NODE, destination=RIC, time_ns=1_700_000_000_000_000_000 + number, ppid=ppid)
    return path


def test_hex_on_standard_input_may_have_any_spacing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"0003000e 0000 0200310002000100014001 54\n\n0x00 0x03 000e00000200310002000100014001 0x54\n"
    monkeypatch.setattr("sys.stdin", Stdin(text))
    trees = list(decode_inputs())
    assert [tree["message"] for tree in trees] == ["ResetRequest", "ResetRequest"]
    assert trees[0]["ies"] == {"TransactionID": 1, "Cause": {"misc": "om-intervention"}}
    assert trees[1]["source"] == "standard input"


def test_a_raw_pdu_and_hex_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(RESET)
    (tmp_path / "a.txt").write_text(RESET.hex(" "), encoding="ascii")
    assert [tree["message"] for tree in decode_inputs([tmp_path / "a.bin", tmp_path / "a.txt"])] == ["ResetRequest"] * 2


def test_a_bad_pdu_gives_its_error_and_the_others_their_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(f"{RESET.hex()}\n{RESET.hex()[:-2]}\n00ff\n{RESET.hex()}".encode()))
    trees = list(decode_inputs(["-"]))
    assert ["error" in tree for tree in trees] == [False, True, True, False]
    assert trees[1]["path"].startswith("E2AP-PDU")
    assert trees[1]["bit"] == 32
    text = render(trees[1])
    assert "error: E2AP-PDU" in text
    assert "(bit 32)" in text
    assert RESET.hex()[:-2] in text


def test_payloads_are_decoded_by_what_the_set_up_said(tmp_path: Path) -> None:
    trees = list(decode_inputs([capture(tmp_path, *map(encode, MESSAGES))]))
    assert len(trees) == len(MESSAGES)
    assert not any("error" in tree for tree in trees)
    text = json.dumps(trees)
    assert '"not ' not in text
    functions = trees[0]["ies"]["RANfunctionsAdded"]
    assert [next(iter(function["ranFunctionDefinition"])) for function in functions] == ["kpm", "rc", "ccc"]
    control = next(tree for tree in trees if tree["message"] == "RICcontrolRequest")
    header = control["ies"]["RICcontrolHeader"]["rc"]["ric-controlHeader-formats"]["controlHeader-Format1"]
    assert header["ric-Style-Type"] == 3
    assert control["from"] == "127.0.0.1:40001"


def test_payloads_are_decoded_by_content_where_no_set_up_was_seen(tmp_path: Path) -> None:
    trees = list(decode_inputs([capture(tmp_path, *map(encode, MESSAGES[7:]))]))
    models = {
        (tree["message"], next(iter(tree["ies"][ie])))
        for tree in trees
        for ie in ("RICindicationMessage", "RICcontrolMessage")
        if ie in tree["ies"]
    }
    assert models == {
        ("RICindication", "kpm"),
        ("RICindication", "ccc"),
        ("RICcontrolRequest", "rc"),
        ("RICcontrolRequest", "ccc"),
    }


def test_other_protocols_in_a_capture_are_passed_over(tmp_path: Path) -> None:
    assert list(decode_inputs([capture(tmp_path, b"\x00\x15\x00", ppid=60)])) == []
    assert len(list(decode_inputs([capture(tmp_path, RESET, ppid=0)]))) == 1


def test_a_damaged_capture_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    path = capture(tmp_path, RESET, RESET)
    path.write_bytes(path.read_bytes()[:-3])
    first, second = decode_inputs([path])
    assert first["message"] == "ResetRequest"
    assert "ends inside a block" in second["error"]
    assert "ends inside a block" in render(second)


@pytest.mark.parametrize(
    ("octets", "said"), [(b"", "empty"), (b" \n", "empty"), (b"000\n", "line 1: 3 hex digits do not make octets")]
)
def test_an_input_that_is_nothing_is_refused(tmp_path: Path, octets: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(octets)
    with pytest.raises(ConfigError, match=said):
        list(decode_inputs([tmp_path / "x"]))


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere: No such file"):
        list(decode_inputs([tmp_path / "nowhere"]))


@pytest.mark.parametrize(
    ("time_ns", "said"),
    [
        (1_700_000_000_123_456_789, "2023-11-14 22:13:20.123456"),
        ((1 << 64) * 1_000_000_000 + 5000, f"{1 << 64}.000005"),
        (-(1 << 63) * 1_000_000_000, f"-{1 << 63}.000000"),
    ],
)
def test_a_time_that_no_calendar_has_is_said_in_seconds(time_ns: int, said: str) -> None:
    tree = {"source": "x", "number": 1, "time_ns": time_ns, "from": "a", "to": "b", "error": "none", "path": ""}
    assert render(tree).splitlines()[0] == f"x #1 {said} a → b"


def test_a_rendered_tree_is_indented_and_names_choices_on_one_line(tmp_path: Path) -> None:
    [tree] = decode_inputs([capture(tmp_path, RESET)])
    lines = render(tree).splitlines()
    assert lines[0].endswith("2023-11-14 22:13:20.000000 127.0.0.1:40001 → 127.0.0.1:36421 ResetRequest")
    assert lines[1:] == ["  TransactionID: 1", "  Cause · misc: om-intervention"]


def test_the_sample_captures_decode(sample_data: Callable[[str], Path]) -> None:
    trees = list(decode_inputs(sorted(sample_data("e2ap_pcap").glob("*.pcapng"))))
    assert len(trees) == 4
    assert not any("error" in tree for tree in trees)
    for tree in trees:
        json.dumps(tree)
        assert len(render(tree).splitlines()) > 5


def test_a_capture_of_v1_is_read_by_its_set_up(tmp_path: Path) -> None:
    octets = [encode(message, V1) for message in MESSAGES_V1]
    trees = list(decode_inputs([capture(tmp_path, *octets)]))
    assert [tree["version"] for tree in trees] == [1] * len(octets)
    assert not any("error" in tree for tree in trees)
    assert "E2AP v1" in render(trees[0])


def test_a_pdu_alone_is_read_as_v2_or_else_as_v1(tmp_path: Path) -> None:
    without_transaction = next(one for one in MESSAGES_V1 if isinstance(one, m.ResetResponse))
    (tmp_path / "a.bin").write_bytes(encode(without_transaction, V1))
    (tmp_path / "b.bin").write_bytes(RESET)
    first, second = decode_inputs([tmp_path / "a.bin", tmp_path / "b.bin"])
    assert (first["message"], first.get("version")) == ("ResetResponse", 1)
    assert (second["message"], second.get("version")) == ("ResetRequest", None)


def test_what_can_be_either_version_is_read_as_is_asked(tmp_path: Path) -> None:
    ambiguous = m.ErrorIndication(cause=m.Cause("transport", "unspecified"))
    (tmp_path / "a.bin").write_bytes(encode(ambiguous, V1))
    said = {version: next(decode_inputs([tmp_path / "a.bin"], version))["ies"]["Cause"] for version in (None, 1, 2)}
    assert said == {None: {"e2Node": "e2node-component-unknown"}, 1: {"transport": "unspecified"}, 2: said[None]}


@pytest.mark.parametrize("message", MESSAGES_V1, ids=lambda message: type(message).__name__)
def test_a_lone_pdu_of_v1_is_read_where_the_version_is_said(tmp_path: Path, message: m.Message) -> None:
    (tmp_path / "a.bin").write_bytes(encode(message, V1))
    [tree] = decode_inputs([tmp_path / "a.bin"], 1)
    assert (tree["message"], tree["version"]) == (V1.by_class[type(message)].name, 1)
    json.dumps(tree)


def test_a_version_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match="E2AP v3: 1, or 2 for v2 and v3"):
        list(decode_inputs(["-"], 3))
