"""The card of a model: one page for people, written from the same figures as the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def card(title: str, paragraphs: Sequence[str], scores: Mapping[str, Mapping[str, float]], legend: str) -> bytes:
    """Markdown: what it is, then a table of scores with a row for the model and one for each baseline."""
    columns = list(next(iter(scores.values())))
    lines = [f"# {title}", ""]
    for paragraph in paragraphs:
        lines += [paragraph, ""]
    lines += ["## Scores on held-out seeds", "", legend, ""]
    lines += [f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    lines += [f"| {who} | {' | '.join(f'{row[column]:.3f}' for column in columns)} |" for who, row in scores.items()]
    return ("\n".join(lines) + "\n").encode()
