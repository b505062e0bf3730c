"""An xApp's end of its stream to a RIC."""

from __future__ import annotations

import asyncio
import errno
from typing import Any

import grpc

from ricloop.core.errors import TransportError
from ricloop.rpc.tls import OPTIONS, Files
from ricloop.transport.errors import CONNECTING

METHOD = "/ricloop.rpc.v1.XApps/Run"
"""The one method of the schema."""
LARGEST = 64 * 1024 * 1024
"""Octets of one message of the RIC's: a report of many thousand UEs."""

WORDS = (
    ("Hostname Verification", "the RIC's certificate is not in the name of this host"),
    ("has expired", "the RIC's certificate has ended"),
    ("CERTIFICATE_VERIFY_FAILED", "the RIC's certificate is not of the authority that --ca names"),
    ("WRONG_VERSION_NUMBER", "no TLS is spoken there: the RIC goes without certificates, or it is another's port"),
    ("Connection refused", CONNECTING[errno.ECONNREFUSED]),
    ("Domain name not found", "the host does not resolve"),
)
"""What gRPC says of a connection that came to nothing, and what it means."""


class Channel:
    """One connection. Octets of messages, whole."""

    def __init__(self, where: str, files: Files | None) -> None:
        options = (
            *OPTIONS,
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_retries", 0),
            ("grpc.max_receive_message_length", LARGEST),
        )
        self._where, self._files = where, files
        self._channel: Any = (
            grpc.aio.insecure_channel(where, options)
            if files is None
            else grpc.aio.secure_channel(where, files.client(), options)
        )
        self._call: Any = self._channel.stream_stream(METHOD)()

    async def read(self) -> bytes | None:
        """The next message; None where the RIC closed the stream. Raises TransportError."""
        try:
            octets = await self._call.read()
        except grpc.RpcError as error:
            raise self._lost(error) from None
        return None if octets is grpc.aio.EOF else octets

    async def write(self, octets: bytes) -> None:
        """Raises TransportError."""
        try:
            await self._call.write(octets)
        except grpc.RpcError as error:
            raise self._lost(error) from None
        except (grpc.aio.UsageError, asyncio.InvalidStateError) as error:
            raise TransportError(f"{self._where}: the stream is over: {error}") from None

    async def close(self) -> None:
        await self._channel.close(None)

    def _lost(self, error: Any) -> TransportError:
        said = str(error.details() or error.code().name)
        words = next((words for mark, words in WORDS if mark in said), said)
        if "Socket closed" in said or "Connection reset" in said:
            words = f"the RIC closes the connection; where it never gets further, it {self._unwelcome()}"
        return TransportError(f"{self._where}: {words}")

    def _unwelcome(self) -> str:
        if self._files is None:
            return "wants certificates: --ca, --cert and --key"
        ended = self._files.ended()
        return f"does not take this certificate{f': {ended}' if ended else ''}"
