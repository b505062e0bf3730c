"""RMR's frames: where each field lies, what is refused, and what a health check is answered."""

from __future__ import annotations

import asyncio
import struct

import pytest

from ricloop.core.errors import DecodeError
from ricloop.platform.rmr import (
    HEALTH_REQUEST,
    HEALTH_RESPONSE,
    LEAST,
    MAX_MESSAGE,
    VERSION,
    Health,
    Message,
    pack,
    unpack,
)
from ricloop.runtime.remote import rmrport
from tests.patience import PATIENCE_S

XID, MEID = b"a transaction".ljust(32, b"\0"), b"gnb_001".ljust(32, b"\0")
ASKED = Message(HEALTH_REQUEST, b"how", XID, MEID, b"\7\1\2\3", b"prober:38000", 6, b"trace")


def counts() -> dict[str, int]:
    return {"answered": 0, "ignored": 0, "bad": 0}


def test_every_field_lies_where_librmr_has_it() -> None:
    octets = pack(ASKED)
    total = 50 + 280 + len(b"trace") + 4 + len(b"how")
    assert len(octets) == total
    assert octets[:4] == struct.pack("<I", total)
    assert octets[4:8] == struct.pack(">I", total)
    assert octets[8:9] == b"$"
    header = octets[50:]
    for offset, form, value in (
        (0, ">I", HEALTH_REQUEST), (4, ">I", 3), (8, ">I", VERSION), (192, "<I", 6), (196, ">I", 280),
        (200, ">I", 5), (204, ">I", 4), (208, ">I", 0), (212, ">i", -1),
    ):  # fmt: skip
        assert struct.unpack_from(form, header, offset) == (value,), offset
    for offset, size, text in ((12, 32, XID), (76, 64, b"prober:38000"), (140, 32, MEID), (216, 64, b"prober:38000")):
        assert header[offset : offset + size] == text.ljust(size, b"\0"), offset
    assert header[280:] == b"trace" + b"\7\1\2\3" + b"how"


def test_what_was_packed_is_read_again() -> None:
    assert unpack(pack(ASKED)) == ASKED


def test_a_header_may_be_longer_than_ours_and_a_frame_than_its_payload() -> None:
    octets = bytearray(pack(ASKED))
    octets[50 + 280 : 50 + 280] = bytes(8)
    struct.pack_into(">I", octets, 50 + 196, 288)
    assert unpack(bytes(octets) + b"more") == ASKED


def test_a_name_that_is_too_long_is_cut_and_ends_with_a_zero() -> None:
    assert unpack(pack(Message(1, b"", source=b"h" * 100))).source == b"h" * 63


@pytest.mark.parametrize(
    ("offset", "value", "says"),
    [
        (8, 2, "version 2 of RMR's header is not read"),
        (4, 4, "are not in"),
        (4, 0xFFFFFFFF, "are not in"),
        (196, 279, "are not in"),
        (196, 0xFFFFFFFF, "are not in"),
        (200, 0xFFFFFFFF, "are not in"),
        (204, 99, "are not in"),
        (208, 1, "are not in"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(offset: int, value: int, says: str) -> None:
    octets = bytearray(pack(ASKED))
    struct.pack_into(">I", octets, 50 + offset, value)
    with pytest.raises(DecodeError, match=says):
        unpack(bytes(octets))


def test_less_than_the_headers_is_no_message() -> None:
    with pytest.raises(DecodeError, match="329 octets are no message"):
        unpack(pack(ASKED)[: LEAST - 1])


@pytest.mark.parametrize("step", [1, 7, 330, 10_000])
def test_a_health_check_is_answered_however_the_stream_is_cut(step: int) -> None:
    told = counts()
    health, said = Health("127.0.0.1:4560", told), b""
    sent = pack(Message(12050, bytes(1000))) + pack(ASKED) * 2
    for at in range(0, len(sent), step):
        said += health.feed(sent[at : at + step])
    one = pack(Message(HEALTH_RESPONSE, b"OK\n", XID, MEID, b"\7\1\2\3", b"127.0.0.1:4560"))
    assert said == one * 2
    assert told == {"answered": 2, "ignored": 1, "bad": 0}


@pytest.mark.parametrize("total", [0, LEAST - 1, MAX_MESSAGE + 1, 0xFFFFFFFF])
def test_a_length_out_of_bounds_ends_the_connection_before_it_is_waited_for(total: int) -> None:
    told = counts()
    with pytest.raises(DecodeError, match=f"a message of {total} octets"):
        Health("127.0.0.1:4560", told).feed(struct.pack("<I", total))
    assert told["bad"] == 1


def test_a_connection_that_says_nothing_gives_its_place_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rmrport, "IDLE_S", 0.01)

    async def run() -> bytes:
        server = await rmrport.serve_rmr("127.0.0.1", 0, {})
        async with server, asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            heard = await reader.read()
            writer.close()
        return heard

    assert asyncio.run(run()) == b""
