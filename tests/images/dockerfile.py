"""The Dockerfile as its instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.images.tools import ROOT

FILE = ROOT / "Dockerfile"


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    base: str
    name: str
    instructions: tuple[tuple[str, str], ...]
    """Each as its word and the rest, continued lines joined."""

    def all(self, word: str) -> list[str]:
        """What follows that word, each time."""
        return [rest for first, rest in self.instructions if first == word]


def instructions(text: str) -> list[tuple[str, str]]:
    """Every instruction of a Dockerfile without its comments."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"[ \t]*\\\n[ \t]*", " ", "\n".join(lines))
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1]) for line in joined.splitlines()]


def arguments() -> dict[str, str]:
    """The ARGs before the first FROM, with their defaults."""
    found = {}
    for word, rest in instructions(FILE.read_text()):
        if word == "FROM":
            break
        name, _, default = rest.partition("=")
        found[name] = default
    return found


def stages() -> dict[str, Stage]:
    """The stages by name."""
    made: dict[str, Stage] = {}
    for word, rest in instructions(FILE.read_text()):
        if word == "FROM":
            base, _, name = re.split(r"\s+(AS)\s+", rest, flags=re.IGNORECASE)
            made[name] = Stage(base, name, ())
        elif made:
            last = list(made.values())[-1]
            made[last.name] = Stage(last.base, last.name, (*last.instructions, (word, rest)))
    return made


def needed_by_e2sim() -> set[str]:
    """The distributions that the simulator's image has beside ricloop and what they bring."""
    (command,) = stages()["for-e2sim"].all("RUN")
    first = command.split(" && ")[0].split()
    return set(first[1:])
