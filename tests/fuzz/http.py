"""Heads of requests that are served over HTTP, and of answers to those of ours."""

from __future__ import annotations

from ricloop.link.ask import status_of
from ricloop.link.http import request_of
from tests.fuzz.target import Target, one_of


def request(data: bytes) -> None:
    """Whatever it is, it is some method and path, neither with a space or a line's end in it."""
    for word in request_of(data):
        assert " " not in word
        assert "\r\n" not in word


def answer(data: bytes) -> None:
    status, _ = status_of(data)
    assert 0 <= status <= 999


_SEEDS = (
    b"\0GET /ric/v1/health/ready?verbose HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\0POST /\r\n\r\n",
    b"\1HTTP/1.1 503 Service Unavailable\r\n\r\n",
    b"\1HTTP/1.0 204\r\n\r\n",
)
TARGETS: dict[str, Target] = {"http": Target("heads of HTTP", one_of([request, answer]), lambda: _SEEDS)}
