"""Prometheus metrics, made from the RIC's own counters when they are asked for.

A scrape is answered inside the loop's process, between two turns: some forty series, under a millisecond. It costs
nothing while nobody asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from ricloop.core.errors import ConfigError, TransportError
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.stats import Latencies

MAX_REQUEST = 8192
REQUEST_TIMEOUT_S = 5.0


class RicCollector(Collector):
    """Reads a RIC."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric

    def collect(self) -> Iterator[Metric]:
        status = self._ric.status()
        for name in ("nodes", "cells", "subscriptions", "waiting"):
            yield GaugeMetricFamily(f"ricloop_{name}", f"{name.capitalize()} at this moment.", status[name])
        indications = CounterMetricFamily(
            "ricloop_indications",
            "RIC indications: received = decided + superseded + refused + waiting.",
            labels=["fate"],
        )
        for fate in ("received", "decided", "superseded", "refused"):
            indications.add_metric([fate], status[fate])
        yield indications
        controls = CounterMetricFamily("ricloop_controls", "RIC controls, by how far they got.", labels=["state"])
        for state, count in status["controls"].items():
            controls.add_metric([state], count)
        yield controls
        for name in ("deadline_misses", "handler_errors", "trips"):
            yield CounterMetricFamily(f"ricloop_{name}", f"{name.replace('_', ' ').capitalize()}.", status[name])
        loop = HistogramMetricFamily(
            "ricloop_loop_seconds", "From a frame's arrival to the end of the decision on it.", labels=["control"]
        )
        stats = self._ric.dispatch.stats
        for label, latencies in (("sent", stats.with_control), ("none", stats.without_control)):
            buckets, total = _histogram(latencies)
            loop.add_metric([label], buckets, total)
        yield loop


def exposition(ric: NearRtRic) -> bytes:
    """The metrics as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(RicCollector(ric))
    return generate_latest(registry)


async def serve_metrics(ric: NearRtRic, where: str) -> asyncio.Server:
    """Answer `GET /metrics` at HOST:PORT. Raises ConfigError or TransportError."""
    host, colon, port = where.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"--metrics {where}: write HOST:PORT, as 127.0.0.1:9464")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                wanted = head.split(b" ", 2)[:2] == [b"GET", b"/metrics"]
                body = exposition(ric) if wanted else b"only GET /metrics is here\n"
                kind = CONTENT_TYPE_LATEST if wanted else "text/plain; charset=utf-8"
                status = "200 OK" if wanted else "404 Not Found"
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                    "Connection: close\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever asked went away or sends no HTTP: nobody is left to tell.
            pass
        finally:
            writer.close()

    try:
        return await asyncio.start_server(answer, host.strip("[]"), int(port), limit=MAX_REQUEST)
    except OSError as error:
        raise TransportError(f"metrics cannot be served at {where}: {error.strerror}") from error


def _histogram(latencies: Latencies) -> tuple[list[tuple[str, float]], float]:
    buckets = [(str(edge / 1e3), float(count)) for edge, count in latencies.buckets()]
    return [*buckets, ("+Inf", float(len(latencies)))], latencies.total / 1e9
