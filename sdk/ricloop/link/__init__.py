"""One session over one transport, driven by asyncio: timers, and reconnecting with backoff."""
