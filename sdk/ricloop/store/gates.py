"""May a version go into service? Its scores against its baselines and the active version, and what a shadow run saw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, FiniteFloat

from ricloop.core.model import ModelError
from ricloop.store.artifact import Artifact
from ricloop.store.documents import Scores, parsed
from ricloop.store.files import MOST_MANIFEST, read
from ricloop.store.manifest import Closed

LOWER = frozenset(
    {"mae", "mase", "wape", "mse", "rmse", "nrmse", "pinball", "crps", "winkler", "false", "lost", "delay"}
)
HIGHER = frozenset({"auc", "vus", "f1", "found", "recall", "precision", "r2", "saved"})
"""Words in the names of figures of which less, or more, is better; any other figure is not compared."""
LEAST_DECISIONS = 1_000
WORSE = 1.02
"""How many times the champion's error a shadow run's challenger may have."""


class Evidence(Closed):
    """What a shadow run of two versions on the same inputs found. Its report says more, for people."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    schema_: Annotated[Literal[1], Field(alias="schema")]
    champion: str
    """As `Artifact.version`."""
    challenger: str
    decisions: Annotated[int, Field(ge=0)]
    """That both were asked for."""
    disagreement: Annotated[FiniteFloat, Field(ge=0, le=1)] | None
    """How much they differ: 0 not at all. None where nothing was compared."""
    champion_error: FiniteFloat | None
    """Against what came; None where that was not seen."""
    challenger_error: FiniteFloat | None
    faults: Annotated[int, Field(ge=0)]
    """Answers of the challenger that were late, not finite, or none."""


def read_evidence(path: Path) -> Evidence:
    """Raises ModelError naming the file and what is wrong in it."""
    return parsed(Evidence, read(path, MOST_MANIFEST), path)


def refusals(challenger: Artifact, champion: Artifact | None, evidence: Evidence | None) -> list[str]:
    """Every reason against a promotion, with its figures; none: go ahead."""
    found = list(_against_baselines(challenger))
    comparable = champion is None or _comparable(challenger, champion)
    if champion is not None and comparable:
        found += _against_champion(challenger, champion)
    if evidence is not None:
        found += _against_evidence(evidence, challenger, champion)
    elif champion is not None and not comparable:
        found.append(
            f"it was scored on other data than {champion.version}: score both on the same, or give --evidence of a "
            "shadow run"
        )
    return found


def better(figure: str) -> int:
    """1 where more of a figure is better, −1 where less is, 0 where its name does not tell."""
    words = set(re.split(r"[^a-z0-9]+", figure.lower()))
    return 1 if words & HIGHER else -1 if words & LOWER else 0


def _against_baselines(challenger: Artifact) -> Iterator[str]:
    scores = challenger.scores
    if scores is None or not scores.baselines:
        yield "eval.json names no baseline that it was compared with"
        return
    figure, sign = scores.headline, better(scores.headline)
    if not sign:
        yield f"whether more or less {figure} is better is not known"
        return
    for who in scores.baselines:
        own, theirs = scores.own[figure], scores.scores[who][figure]
        if sign * own <= sign * theirs:
            yield f"{figure}: {own:g}, and the baseline {who!r} has {theirs:g}"


def _comparable(one: Artifact, other: Artifact) -> bool:
    def scored_on(artifact: Artifact) -> tuple[str, tuple[int, ...]]:
        return artifact.lineage.source, artifact.lineage.seeds.get("held_out", ())

    return one.scores is not None and other.scores is not None and scored_on(one) == scored_on(other)


def _against_champion(challenger: Artifact, champion: Artifact) -> Iterator[str]:
    ours, theirs = _scores(challenger), _scores(champion)
    for figure in ours.own.keys() & theirs.own.keys():
        sign, allowed = better(figure), theirs.tolerance.get(figure, 0.0)
        if sign * ours.own[figure] < sign * theirs.own[figure] - allowed:
            yield f"{figure}: {ours.own[figure]:g}, and the active {champion.version} has {theirs.own[figure]:g}"


def _scores(artifact: Artifact) -> Scores:
    if artifact.scores is None:
        raise ModelError(f"{artifact.folder}: nobody scored it")
    return artifact.scores


def _against_evidence(evidence: Evidence, challenger: Artifact, champion: Artifact | None) -> Iterator[str]:
    for what, said, is_ in (
        ("challenger", evidence.challenger, challenger.version),
        # With no version active, it is what is shipped: of another version than this package's, perhaps.
        ("champion", evidence.champion, evidence.champion if champion is None else champion.version),
    ):
        if said != is_:
            yield f"the evidence is of the {what} {said or 'rule'}, not of {is_}"
    if evidence.decisions < LEAST_DECISIONS:
        yield f"the shadow run had {evidence.decisions} decisions; {LEAST_DECISIONS} are asked for"
    if evidence.faults:
        yield f"the shadow run had {evidence.faults} answers that were late or none"
    before, after = evidence.champion_error, evidence.challenger_error
    if before is not None and after is not None and after > WORSE * before:
        yield f"in the shadow run its error was {after:g}, the champion's {before:g}"
