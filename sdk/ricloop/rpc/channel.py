"""An xApp's end of its stream to a RIC."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc

from ricloop.core.errors import TransportError
from ricloop.rpc.tls import OPTIONS, Files

METHOD = "/ricloop.rpc.v1.XApps/Run"
"""The one method of the schema."""
LARGEST = 64 * 1024 * 1024
"""Octets of one message of the RIC's: a report of many thousand UEs."""


class Channel:
    """One connection. Octets of messages, whole."""

    def __init__(self, where: str, files: Files | None) -> None:
        options = (
            *OPTIONS,
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_retries", 0),
            ("grpc.max_receive_message_length", LARGEST),
        )
        self._where = where
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
        hint = ""
        if "Socket closed" in said or "Connection reset" in said:
            hint = "; where it never gets further, the RIC does not take this certificate"
        elif "Hostname Verification" in said:
            hint = "; the RIC's certificate is not in the name of this host"
        return TransportError(f"{self._where}: {said}{hint}")
