"""The card of a model: one page for people, written from the same figures as the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from ricloop.store import Scores


def card(name: str, paragraphs: Sequence[str], scores: Scores) -> bytes:
    """Markdown: what it is, then a table of scores with a row for the model and one for each baseline."""
    times = f"Times are this machine's own: `ricloop bench engine --model {name}`. On a GPU: not measured."
    columns = list(scores.own)
    lines = [f"# {name}", ""]
    for paragraph in (*paragraphs, times):
        lines += [paragraph, ""]
    lines += ["## Scores on held-out seeds", "", scores.protocol, ""]
    lines += [f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    rows = scores.scores.items()
    lines += [f"| {who} | {' | '.join(f'{row[column]:.3f}' for column in columns)} |" for who, row in rows]
    return ("\n".join(lines) + "\n").encode()
