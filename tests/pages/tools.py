"""What a page has a shell run: each tool with the check that its words are held to."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from tests.images.build import LIMITS_MB as TARGETS
from tests.pages import program
from tests.pages.markdown import ROOT, Code, blocks, codes
from tests.pages.shell import lines, parts

Words = list[str]


@cache
def served() -> str:
    """The sources of what answers over HTTP."""
    return "".join(path.read_text() for path in (ROOT / "sdk" / "ricloop").rglob("*.py"))


def ricloop(words: Words) -> None:
    program.parse([word for word in words if word not in ("…", "...")])


def make(words: Words) -> None:
    """Targets there are; what `ARGS` and `NAME` pass on is taken by the command that gets it."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    given = dict(word.split("=", 1) for word in words if "=" in word)
    named = [word for word in words if "=" not in word]
    assert named, "make needs a target"
    assert set(named) <= targets, f"there is no target {named}"
    if named == ["demo"]:
        program.parse(["demo", *parts(given.get("ARGS", ""))[0]] if given.get("ARGS") else ["demo"])
    if named == ["new-xapp"] and "NAME" in given:
        program.parse(["new", "xapp", given["NAME"]])


def python(words: Words) -> None:
    assert words[0] == "-m", "pages run modules"
    assert importlib.util.find_spec(words[1]), f"there is no module {words[1]}"
    if words[1] == "tests.bench":
        for bench in [word for word in words[2:] if word.islower() and word[0] != "-"]:
            assert importlib.util.find_spec(f"tests.bench.{bench}"), f"there is no bench {bench}"


def pip(words: Words) -> None:
    """Extras there are, and files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert words[0] == "install"
    for before, word in pairwise(words):
        if before == "-c":
            assert (ROOT / word).exists(), word
        for extras in re.findall(r"^ricloop\[(.+)\]$", word):
            assert set(extras.split(",")) <= set(project["optional-dependencies"]), word


def kubectl(words: Words) -> None:
    """Verbs; a command behind `--` is held as one that stands alone."""
    own, behind = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    verbs = {"annotate", "apply", "auth", "cp", "create", "delete", "describe", "exec", "get", "label", "logs"}
    verbs |= {"patch", "port-forward", "rollout", "scale", "wait"}
    rest = iter(own)
    for word in rest:
        if word in ("-n", "--namespace", "--context"):
            next(rest)
            continue
        assert word in verbs or word.startswith("$("), f"kubectl has no {word}"
        break
    if behind and behind[0] in TOOLS:
        TOOLS[behind[0]](behind[1:])


def helm(words: Words) -> None:
    """Commands, charts and values that there are."""
    assert words[0] in {"diff", "history", "install", "package", "rollback", "test", "uninstall", "upgrade"}, words[0]
    for chart in [word for word in words if word.startswith("helm/")]:
        values = yaml.safe_load((ROOT / chart / "values.yaml").read_text())
        for before, word in pairwise(words):
            if before in ("--set", "--set-json"):
                below = values
                for key in word.partition("=")[0].split("."):
                    assert key in below, f"{chart} has no value {word}"
                    below = below[key]


def curl(words: Words) -> None:
    for word in words:
        if "/" in word and not word.startswith("-"):
            path = urlsplit(word if "://" in word else f"http://{word}").path
            assert f'"{path}' in served() or f" {path}" in served(), f"nobody answers {path}"


def podman(words: Words) -> None:
    """Images of ours, and what is run in them."""
    if words[0] == "run":
        (at,) = [number for number, word in enumerate(words) if word.startswith("ricloop/")]
        ricloop(words[at + 1 :])
        words = [words[at]]
    elif "--target" in words:
        assert words[words.index("--target") + 1] in TARGETS
    for image in re.findall(r"^ricloop/([\w-]+)", " ".join(words)):
        assert image in TARGETS, image


def another(words: Words) -> None:
    """A tool of the system: that its words are whole is all that can be said here."""


TOOLS: Mapping[str, Callable[[Words], None]] = {
    "awk": another,
    "buildah": podman,
    "cd": another,
    "curl": curl,
    "cut": another,
    "df": another,
    "docker": podman,
    "grep": another,
    "helm": helm,
    "jq": another,
    "kubectl": kubectl,
    "make": make,
    "mkdir": another,
    "openssl": another,
    "pip": pip,
    "podman": podman,
    "python": python,
    "ricloop": ricloop,
    "sort": another,
    "uniq": another,
}


def commands(text: str) -> Iterator[Words]:
    """Every command of a shell's lines; files that something is written to are none."""
    for line in lines(text):
        for part in parts(line):
            if part[0] in TOOLS:
                yield part


def is_command(code: Code) -> bool:
    return code.text.split(" ")[0] in TOOLS and " " in code.text


def shell_of(page: Path) -> list[str]:
    """Every line of a page's blocks for a shell, and every piece of code in a sentence that is a command."""
    found = [line for block in blocks(page) if block.language == "sh" for line in lines(block.text)]
    return found + [code.text for code in codes(page) if is_command(code)]


def of(page: Path, tool: str) -> list[Words]:
    """What a page gives a tool, also behind `kubectl exec … --`."""
    found = []
    for line in shell_of(page):
        for words in commands(line):
            inner = words[words.index("--") + 1 :] if words[0] == "kubectl" and "--" in words else []
            found += [given[1:] for given in (words, inner) if given and given[0] == tool]
    return found
