"""Workflows, forms and hooks: of the shape that forges read, safe by zizmor, and about what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.upkeep.versions import ROOT

FORGE = ROOT / ".github"
WORKFLOWS = sorted((FORGE / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (FORGE / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
YAML = [*WORKFLOWS, *FORMS, FORGE / "ISSUE_TEMPLATE" / "config.yml", FORGE / "dependabot.yml", FORGE / "zizmor.yml"]
YAML += [ROOT / ".pre-commit-config.yaml", *sorted((ROOT / "helm" / "alerts").rglob("*.yaml"))]
TOOLS = Path(sys.executable).parent

each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def loaded(path: Path) -> dict[str, Any]:
    """YAML 1.1 reads the key `on` as true."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text())
    return {"on" if key is True else str(key): value for key, value in found.items()}


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in loaded(path)["jobs"].values() for step in job.get("steps", ())]


def judged(*command: str | Path) -> None:
    tool = TOOLS / command[0] if (TOOLS / command[0]).exists() else shutil.which(command[0])
    if tool is None:
        pytest.skip(f"no {command[0]}: pip install 'ricloop[charts]'")
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("custom.github-workflows-require-timeout", WORKFLOWS),
        ("vendor.dependabot", [FORGE / "dependabot.yml"]),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [FORGE / "ISSUE_TEMPLATE" / "config.yml"]),
    ],
)
def test_files_are_of_the_shape_that_forges_read(schema: str, files: list[Path]) -> None:
    judged("check-jsonschema", "--builtin-schema", schema, *files)


def test_zizmor_finds_nothing() -> None:
    judged("zizmor", "--offline", "--quiet", "--no-progress", FORGE)


def test_yaml_is_tidy() -> None:
    judged("yamllint", "--strict", "--config-file", ROOT / "tests" / "charts" / "yamllint.yaml", *YAML)


@each
def test_nothing_may_be_written_unless_a_job_says_what(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert set(job.get("permissions", {}).values()) <= {"read", "write"}, name
    if "pull_request" in workflow["on"]:
        for job in workflow["jobs"].values():
            writes = "write" in job.get("permissions", {}).values()
            # What may write runs only where it is called with a version, by the release.
            assert not writes or job.get("if", "") == "inputs.version != ''" or "needs" in job


@each
def test_actions_are_pinned_by_commit_and_say_their_version(path: Path) -> None:
    for used in re.findall(r"uses: (.+)$", path.read_text(), flags=re.M):
        if not used.startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


def test_one_action_has_one_pin() -> None:
    pins = {used for path in WORKFLOWS for used in re.findall(r"uses: ([\w-]+/.+)$", path.read_text(), flags=re.M)}
    assert len({used.partition("@")[0] for used in pins}) == len(pins)


@each
def test_what_a_workflow_runs_is_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    text = "\n".join(step.get("run", "") for step in steps(path))
    assert set(re.findall(r"(?:^|&& )make ([a-z-]+)", text, flags=re.M)) <= targets
    for module in re.findall(r"python -m (tests[\w.]+)", text):
        there = ROOT / module.replace(".", "/")
        assert there.with_suffix(".py").exists() or (there / "__main__.py").exists(), module
    for named in re.findall(r"(?:^|\s|=)((?:\.ci|tests|helm|images)/[\w./-]+)", text):
        assert (ROOT / named).exists(), named
    for job in loaded(path)["jobs"].values():
        if "uses" in job:
            assert (ROOT / job["uses"]).exists()
            assert "workflow_call" in loaded(ROOT / job["uses"])["on"]
    for event in loaded(path)["on"].values():
        for pattern in event.get("paths", ()) if isinstance(event, dict) else ():
            assert list(ROOT.glob(pattern.removesuffix("/**"))), pattern


def test_images_that_are_built_are_targets_of_the_dockerfile() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", (ROOT / "Dockerfile").read_text(), flags=re.M))
    jobs = loaded(FORGE / "workflows" / "images.yml")["jobs"]
    named = {target for job in jobs.values() for target in job["strategy"]["matrix"]["target"]}
    assert named | {"xapp-gpu"} == {"ric", "xapp", "xapp-gpu", "e2sim"} <= stages
    assert "xapp-gpu" not in named, "nobody here may pass NVIDIA's packages on"
    arguments = set(re.findall(r"^ARG (\w+)", (ROOT / "Dockerfile").read_text(), flags=re.M))
    text = (FORGE / "workflows" / "images.yml").read_text()
    assert set(re.findall(r"--build-arg \"(\w+)=", text)) <= arguments


def test_hooks_are_of_tools_that_setup_installs() -> None:
    hooks = [
        hook
        for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
        for hook in repo["hooks"]
    ]
    tools = {hook["entry"].split()[0] for hook in hooks}
    assert tools == {f".venv/bin/{name}" for name in ("lint-imports", "mypy", "python", "ruff", "yamllint", "zizmor")}
    for hook in hooks:
        assert re.compile(hook.get("files", ""))
        for word in hook["entry"].split()[1:]:
            if "/" in word:
                assert (ROOT / word).exists(), word
