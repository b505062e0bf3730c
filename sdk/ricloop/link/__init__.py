"""One session over one transport, driven by asyncio: timers, and reconnecting with backoff."""

from ricloop.link.driver import Link
from ricloop.link.reconnect import Backoff, NodeLink

__all__ = ["Backoff", "Link", "NodeLink"]
