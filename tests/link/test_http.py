"""The small server and the small client of HTTP, over real sockets: what they answer, and what they bear."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from ricloop.core.errors import ConfigError, TransportError
from ricloop.link import http
from ricloop.link.ask import MOST_BODY, ask, parse_url
from ricloop.link.http import MAX_REQUEST, MOST_CONNECTIONS, Asked, Reply, health, serve_http
from tests.patience import PATIENCE_S


async def answer(asked: Asked) -> Reply | None:
    if asked.path == "/large":
        return Reply(b"x" * 3 * MOST_BODY)
    if asked.path == "/never":
        await asyncio.Event().wait()
    return {"/well": health(None), "/ill": health("no RIC\nyet")}.get(asked.path)


def with_server(test: Callable[[int], Awaitable[Any]], serve: Any = None) -> None:
    async def run() -> None:
        if serve is None:
            server = await serve_http(answer, "127.0.0.1:0", option="--http", what="health", paths="GET /well")
        else:
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with asyncio.timeout(PATIENCE_S):
            await test(server.sockets[0].getsockname()[1])
            server.close()
            # What the server's end of each connection still does, and that their sockets close.
            await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
            await asyncio.sleep(0)

    asyncio.run(run())


async def raw(port: int, octets: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(octets)
    said = await reader.read()
    writer.close()
    return said


@pytest.mark.parametrize(
    ("path", "good", "says"),
    [
        ("/well", True, "200 OK: ok"),
        ("/well?verbose=1", True, "200 OK: ok"),
        ("/ill", False, "503 Service Unavailable: no RIC yet"),
        ("/nowhere", False, "404 Not Found: only GET /well are here"),
    ],
)
def test_the_client_reads_what_the_server_says(path: str, good: bool, says: str) -> None:
    async def test(port: int) -> None:
        answered = await ask(parse_url(f"http://127.0.0.1:{port}{path}", "URL"), timeout_s=PATIENCE_S)
        assert (answered.good, str(answered)) == (good, says)

    with_server(test)


def test_only_get_is_answered() -> None:
    async def test(port: int) -> None:
        url = parse_url(f"http://127.0.0.1:{port}/well", "URL")
        assert (await ask(url, b"{}", timeout_s=PATIENCE_S)).status == 405
        assert b" 405 " in await raw(port, b"\r\n\r\n")

    with_server(test)


@pytest.mark.parametrize("sent", [b"GET /well" + b"x" * MAX_REQUEST + b"\r\n\r\n", b"GET /well HTTP/1.1\r\n"])
def test_what_is_no_request_is_left_without_an_answer(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "REQUEST_TIMEOUT_S", 0.05)

    async def test(port: int) -> None:
        # Reset where octets are left that nobody read.
        with suppress(ConnectionResetError):
            assert await raw(port, sent) == b""
        assert b"200 OK" in await raw(port, b"GET /well HTTP/1.1\r\n\r\n")

    with_server(test)


def test_no_more_connections_are_held_than_there_may_be() -> None:
    async def test(port: int) -> None:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_CONNECTIONS)]
        # Whoever is there may still ask: the one more is turned away.
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
        reader, writer = held.pop()
        writer.write(b"GET /well HTTP/1.1\r\n\r\n")
        assert b"200 OK" in await reader.read()
        for other in (writer, *(one for _, one in held)):
            other.close()

    with_server(test)


def test_a_body_is_kept_up_to_its_bound() -> None:
    async def test(port: int) -> None:
        answered = await ask(parse_url(f"http://127.0.0.1:{port}/large", "URL"), timeout_s=PATIENCE_S)
        assert answered.body == b"x" * MOST_BODY

    with_server(test)


def test_a_post_carries_its_body() -> None:
    seen = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        seen.append(await reader.readexactly(2))
        writer.write(b"HTTP/1.1 201 Created\r\n\r\n")
        writer.close()

    async def test(port: int) -> None:
        answered = await ask(parse_url(f"http://localhost:{port}", "URL"), b"{}", timeout_s=PATIENCE_S)
        assert (answered.status, answered.reason, answered.good) == (201, "Created", True)
        assert seen[0].startswith(b"POST / HTTP/1.0\r\nHost: localhost:%d\r\n" % port)
        assert seen[1] == b"{}"

    with_server(test, serve)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"220 mail.example ESMTP\r\n\r\n", "speaks no HTTP"),
        (b"", "speaks no HTTP"),
        (b"HTTP/1.1 fine\r\n\r\n", "speaks no HTTP"),
        (b"HTTP/1.1 " + b"x" * 70_000, "speaks no HTTP"),
        (None, "no answer within 0.2 s"),
    ],
)
def test_whoever_does_not_answer_in_http_and_in_time_is_named(sent: bytes | None, says: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if sent is not None:
            writer.write(sent)
            writer.close()
        else:
            await reader.read()
            writer.close()

    async def test(port: int) -> None:
        with pytest.raises(TransportError, match=f"http://127.0.0.1:{port}/: .*{says}"):
            await ask(parse_url(f"http://127.0.0.1:{port}", "URL"), timeout_s=0.2 if sent is None else PATIENCE_S)

    with_server(test, serve)


def test_a_port_where_nobody_listens_is_named() -> None:
    async def run() -> None:
        server = await serve_http(answer, "127.0.0.1:0", option="--http", what="health", paths="GET /well")
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        with pytest.raises(TransportError, match=f"http://127.0.0.1:{port}/: "):
            await ask(parse_url(f"http://127.0.0.1:{port}", "URL"), timeout_s=PATIENCE_S)

    asyncio.run(run())


def test_a_port_that_is_taken_is_named() -> None:
    async def test(port: int) -> None:
        with pytest.raises(TransportError, match=f"health cannot be served at 127.0.0.1:{port}: "):
            await serve_http(answer, f"127.0.0.1:{port}", option="--http", what="health", paths="")

    with_server(test)


@pytest.mark.parametrize(
    "text",
    ["", "127.0.0.1:80/x", "https://a/", "http://", "http://a:99999/", "http://u@a/", "http://a/\n", "http://[::1/"],
)
def test_a_url_that_cannot_be_asked_is_named_with_one_that_can(text: str) -> None:
    with pytest.raises(ConfigError, match="URL"):
        parse_url(text, "URL")


def test_a_url_is_written_as_it_is_asked() -> None:
    assert str(parse_url("http://[::1]:81/a?b=1", "URL")) == "http://[::1]:81/a?b=1"
    assert str(parse_url("http://ric", "URL")) == "http://ric:80/"
