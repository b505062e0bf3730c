"""Code in sentences: commands and options are the program's, paths, modules, names and addresses are there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from tests.pages import program, tools
from tests.pages.markdown import PAGES, ROOT, Code, codes, name_of

MADE = ("build/", ".venv/", "/dev/shm", "/opt/", "/tmp", "/var/", "ROOT/", "manifest.sig", "src/")
"""Files that a run or an operator makes, or that an image has; and a folder that others have."""
OTHERS = frozenset(("OOMKilled", "dms_cli", "fd00", "fd01", "lsmod", "onboard"))
"""Words of other programs."""
ANY = re.compile(r"<\w+>|\b[A-Z]{3,}\b|…|\*")
"""What a reader puts a name of their own for."""


@cache
def files() -> tuple[str, ...]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(listed.stdout.split("\n"))


@cache
def words() -> frozenset[str]:
    """Every word of the code: what a page names must be one of them."""
    texts = [(ROOT / name).read_text() for name in files() if Path(name).suffix in SOURCES and (ROOT / name).is_file()]
    return frozenset(re.findall(r"[\w-]+", "\n".join([*texts, *files()])))


SOURCES = {".py", ".c", ".toml", ".yaml", ".yml", ".json", ".proto", ".tpl", ".template", ".txt", ".asn", ""}


def command(code: Code) -> None:
    """Each of its alternatives is a command, and its options are that command's."""
    for given in product(*(word.strip("[]").split("|") for word in code.text.split()[1:])):
        if given[0] == "--version":
            continue
        said = [word for word in given if not ANY.search(word)]
        found = program.find(said)[0] if said else None
        if found is not None and not program.takes_anything(found):
            unknown = {word for word in given if word.startswith("-")} - program.options(found)
            assert not unknown, f"no option {unknown}"


def option(code: Code) -> None:
    """Of the command that the row is about; in a sentence, of any."""
    row = re.match(r"\| `ricloop ([\w |\\-]+?)( [A-Z[].*?)?`", code.around)
    known: frozenset[str] | set[str] = program.every_option()
    if row:
        names = row[1].replace("\\", "").split()
        tops = names[0].split("|") if len(names) == 1 else [names[0]]
        lasts = names[1].split("|") if len(names) > 1 else [""]
        known = set()
        for top, last in product(tops, lasts):
            known |= program.options(program.find([top, last] if last else [top])[0])
    for word in re.findall(r"(?<!\S)--?[a-z][\w-]*", code.text):
        start = word.endswith("-") and any(each.startswith(word) for each in known)
        assert start or word in known or f'"{word}"' in elsewhere(), f"no option {word}"


@cache
def elsewhere() -> str:
    """What has options beside the program: the tests' own commands."""
    return "".join((ROOT / name).read_text() for name in files() if name.startswith("tests/") and name.endswith(".py"))


def path(code: Code) -> None:
    """From the root, from the page's folder, or anywhere below it."""
    if code.text.startswith(MADE):
        return
    named = re.escape(ANY.sub("*", code.text.rstrip("/"))).replace(r"\*", "[^/]*")
    top = f"{name_of(code.page).split('/')[0]}/"
    below = [name for name in files() if name.startswith(top) or top in EVERYWHERE]
    assert any(re.fullmatch(rf"{named}(/.*)?", name) for name in files()) or any(
        re.fullmatch(rf"(.*/)?{named}(\.py)?(/.*)?", name) for name in below
    ), "no such path"


EVERYWHERE = ("README.md/", "CHANGELOG.md/", "CONTRIBUTING.md/", "SECURITY.md/", "sdk/", "tests/")
"""Pages that speak of all folders."""


def address(code: Code) -> None:
    assert code.text.split()[-1] in tools.served(), "nobody answers it"


def name(code: Code) -> None:
    """Each of its words is one of the code's, or begins or ends one where a reader's own is beside it."""
    open_ended = bool(ANY.search(code.text))
    for word in re.findall(r"[\w-]{2,}", ANY.sub(" ", code.text)):
        bare = word.strip("-")
        known = word in words() or bare in words() or bare in OTHERS
        part = open_ended and any(each.startswith(bare) or each.endswith(bare) for each in words())
        assert known or part, f"nothing is called {word}"


def image(code: Code) -> None:
    tools.podman(["--target", code.text.removeprefix("ricloop/")])


def tool(code: Code) -> None:
    for given in tools.commands(code.text.replace("…", "")):
        tools.TOOLS[given[0]](given[1:])


KINDS: tuple[tuple[str, Callable[[Code], None]], ...] = (
    (r"ricloop \S.*", command),
    (rf"({'|'.join(tools.TOOLS)}) \S.*", tool),
    (r"--[a-z].*|-[a-z]", option),
    (r"ricloop/[\w-]+", image),
    (r"[\w.]+\.dev/\w+", name),
    (r"(GET )?/(metrics|health/\w+|models|nodes|policies)", address),
    (r"[\w./<>*-]*/[\w./<>*-]*|[\w<>*-]+\.(py|md|toml|txt|tsv|proto|json|yaml|onnx|npy|safetensors|sig)", path),
    (r".*", name),
)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_code_in_sentences_is_true(page: Path) -> None:
    wrong = []
    for code in codes(page):
        (check, *_) = [check for pattern, check in KINDS if re.fullmatch(pattern, code.text)]
        try:
            check(code)
        except Exception as error:
            wrong.append(f"{code}: {error}".split("\n")[0])
    assert not wrong, "\n".join(wrong)
