"""What the RIC tells over HTTP: Prometheus metrics and its nodes, made from its own counters when they are asked for.

A scrape is answered inside the loop's process, between two turns: some forty series, under a millisecond. It costs
nothing while nobody asks.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
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
        values = CounterMetricFamily("ricloop_values", "Reported values that are no good, by why.", labels=["flag"])
        for flag, count in status["values"].items():
            values.add_metric([flag], count)
        yield values
        refused = CounterMetricFamily("ricloop_setups_refused", "E2 Setups refused, by why.", labels=["why"])
        for why, count in self._ric.admission.refused.items():
            refused.add_metric([why], count)
        yield refused
        yield CounterMetricFamily(
            "ricloop_lost_before_setup",
            "Connections that ended before an E2 Setup Request said whose they are.",
            self._ric.inventory.lost_before_setup,
        )
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
    """Answer `GET /metrics` at HOST:PORT, and `GET /nodes` to who is on this machine. Raises ConfigError or
    TransportError."""
    host, colon, port = where.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"--metrics {where}: write HOST:PORT, as 127.0.0.1:9464")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = _answer(ric, head, writer.get_extra_info("peername")[0])
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


def _answer(ric: NearRtRic, head: bytes, asker: str) -> tuple[str, str, bytes]:
    """Status, content type and body."""
    method, path = [*head.split(b" ", 2), b""][:2]
    if method == b"GET" and path == b"/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, exposition(ric)
    plain = "text/plain; charset=utf-8"
    if method == b"GET" and path == b"/nodes":
        # Addresses and cells are nobody's business outside this machine, wherever the metrics are served.
        if not ipaddress.ip_address(asker.split("%")[0]).is_loopback:
            return "403 Forbidden", plain, b"GET /nodes is answered on this machine only\n"
        return "200 OK", "application/json", json.dumps(ric.inventory.report()).encode()
    return "404 Not Found", plain, b"only GET /metrics and GET /nodes are here\n"


def _histogram(latencies: Latencies) -> tuple[list[tuple[str, float]], float]:
    buckets = [(str(edge / 1e3), float(count)) for edge, count in latencies.buckets()]
    return [*buckets, ("+Inf", float(len(latencies)))], latencies.total / 1e9
