"""What the Dockerfile promises, read in it: the images themselves are built by `make images`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.images.build import LIMITS_MB, version
from tests.images.dockerfile import FILE, arguments, needed_by_e2sim, stages
from tests.images.tools import ROOT

FINAL = sorted(LIMITS_MB)
INSTALL = ROOT / "images" / "install.sh"


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("no hadolint beside this Python: pip install -c constraints.txt -e '.[charts]' on Linux, x86-64")
    judged = subprocess.run([hadolint, "--format", "json", FILE], capture_output=True, text=True)
    assert json.loads(judged.stdout) == []


def test_every_ignored_rule_has_its_reason_above_it() -> None:
    lines = FILE.read_text().splitlines()
    ignored = [number for number, line in enumerate(lines) if "hadolint ignore" in line]
    said = re.findall(r"hadolint ignore=(\S+)", FILE.read_text())
    assert said, "nothing is ignored any more: this test can go"
    assert set(said) == {"DL3008"}
    reason = "\n".join(lines[: ignored[0]])
    assert "a pin would break the build" in " ".join(line.strip("# ") for line in reason.splitlines())


def test_the_base_is_an_argument_with_a_tag_and_no_stage_stands_on_anything_else() -> None:
    base = arguments()["BASE"]
    assert re.fullmatch(r"docker\.io/library/debian:\d+\.\d+-slim", base)
    known = stages()
    for stage in known.values():
        assert stage.base == "${BASE}" or stage.base in known


@pytest.mark.parametrize("target", FINAL)
def test_the_last_word_about_the_user_is_a_number_that_is_not_root(target: str) -> None:
    word, rest = stages()[target].instructions[-1]
    assert (word, rest) == ("USER", "10001:10001")


def test_the_entry_point_is_the_command_without_a_shell() -> None:
    (entry,) = stages()["runtime"].all("ENTRYPOINT")
    assert json.loads(entry) == ["ricloop"]
    assert [stage.name for stage in stages().values() if stage.all("CMD") or stage.all("SHELL")] == []


@pytest.mark.parametrize("target", FINAL)
def test_a_final_stage_takes_nothing_but_its_environment_from_those_with_a_compiler(target: str) -> None:
    stage = stages()[target]
    assert stage.base == "runtime"
    assert stage.all("COPY") == [f"--from=for-{target} /opt/ricloop /opt/ricloop"]
    assert stage.all("RUN") == []


@pytest.mark.parametrize("target", FINAL)
def test_every_label_that_a_registry_shows_is_given(target: str) -> None:
    made = stages()
    given = " ".join([*made["runtime"].all("LABEL"), *made[target].all("LABEL")])
    for name in ("title", "description", "vendor", "licenses", "version", "revision", "source", "base.name"):
        assert f"org.opencontainers.image.{name}=" in given


def test_the_default_version_is_the_projects() -> None:
    assert f"VERSION={version()}" in stages()["runtime"].all("ARG")


def test_every_package_of_python_is_installed_under_the_constraints_and_none_is_kept_in_a_cache() -> None:
    commands = [
        command
        for stage in stages().values()
        for command in stage.all("RUN")
        if re.search(r"\bpip (install|wheel)", command)
    ]
    installs = [line for line in INSTALL.read_text().splitlines() if line.startswith("pip ")]
    assert len(commands) == 1
    assert len(installs) == 1
    for command in (*commands, *installs):
        assert "--constraint" in command
        assert "--no-cache-dir" in command
    for stage in ("for-ric", "for-xapp", "for-xapp-gpu", "for-e2sim"):
        (command,) = stages()[stage].all("RUN")
        for part in command.split(" && "):
            assert part.startswith("/src/images/install.sh ")


def test_the_build_sees_only_what_the_wheel_is_made_of() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    shown = {line[1:] for line in lines if line.startswith("!")}
    assert {"sdk", "e2sim", "models", "xapps", "pyproject.toml", "constraints.txt", "images/install.sh"} <= shown
    assert not {".git", ".venv", "build", "tests", "dist"} & shown
    for name in shown:
        assert (ROOT / name).exists(), name


# Loads and runs what the simulator's image is for, where nothing but the image's packages can be imported.
ALONE = """
import sys
import tomllib
from importlib.abc import MetaPathFinder
class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ABSENT:
            raise ModuleNotFoundError(f'{name} is not in the image', name=name)
sys.meta_path.insert(0, Absent())
from ricloop.cli import main
sys.argv = ['ricloop', *WORDS]
main()
"""


@pytest.mark.parametrize(
    "words",
    [["--version"], ["probe", "--help"], ["sim", "list"], ["sim", "run", "office", "--speed", "max", "--seconds", "1"]],
    ids=lambda words: " ".join(words),
)
def test_the_simulator_runs_with_the_packages_of_its_image(words: list[str]) -> None:
    listed = needed_by_e2sim()
    assert "onnxruntime" not in listed
    absent = {"onnxruntime", "cryptography", "grpc", "google", "kubernetes", "torch", "scapy"}
    script = ALONE.replace("ABSENT", repr(absent)).replace("WORDS", repr(words))
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout


def test_the_packages_that_the_simulators_image_leaves_out_are_none_that_it_needs() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    named = {re.split(r"[<>=~! \[]", line)[0].lower() for line in wanted}
    assert named - needed_by_e2sim() == {"onnxruntime", "cryptography"}
    assert needed_by_e2sim() - named == {"uvloop"}


def test_the_script_that_lays_an_environment_is_one_that_a_shell_understands() -> None:
    shell = shutil.which("sh")
    assert shell is not None
    judged = subprocess.run([shell, "-n", INSTALL], capture_output=True, text=True)
    assert (judged.returncode, judged.stderr) == (0, "")
    assert INSTALL.stat().st_mode & 0o111
