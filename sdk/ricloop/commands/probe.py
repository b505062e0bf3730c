"""`ricloop probe`."""

from __future__ import annotations

from typing import Annotated

import typer


def probe(
    url: Annotated[str, typer.Argument(help="As http://127.0.0.1:8080/ric/v1/health/ready.")],
    timeout: Annotated[float, typer.Option(min=0.1, max=600.0, help="Seconds for the whole answer.")] = 5.0,
) -> None:
    """Ask a URL once: ends with 0 where the answer is good (a status of 2xx), with 3 where it is not."""
    import asyncio

    from ricloop.core.errors import TransportError
    from ricloop.link.ask import ask, parse_url

    asked = parse_url(url, "URL")
    answered = asyncio.run(ask(asked, timeout_s=timeout))
    if not answered.good:
        raise TransportError(f"{asked}: {answered}")
    typer.echo(str(answered))
