"""What is found in a root that is not as an image's must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.images.build import Built, revision, version
from tests.images.checks import LABELS, canonical, faults, pinned
from tests.images.contents import Package

SITE = "opt/ricloop/lib/python3.11/site-packages/ricloop"
HELD = [Package("pypi", "numpy", pinned()["numpy"], "BSD-3-Clause"), Package("pypi", "ricloop", version(), "MIT")]


def built(size: int = 1, **changed: object) -> Built:
    labels = {f"org.opencontainers.image.{name}": "said" for name in LABELS}
    labels |= {"org.opencontainers.image.version": version(), "org.opencontainers.image.revision": revision()}
    good = {"User": "10001:10001", "Entrypoint": ["ricloop"], "StopSignal": "SIGTERM", "WorkingDir": "/tmp"}
    config = good | {"Labels": labels} | changed
    return Built("e2sim", "localhost/ricloop/e2sim:0", 1.0, size, 1, 1, config)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root as it should be: the package compiled, with its native codec."""
    cached = tmp_path / SITE / "__pycache__"
    cached.mkdir(parents=True)
    (tmp_path / SITE / "_fast.cpython-311-x86_64-linux-gnu.so").touch()
    (tmp_path / SITE / "cli.py").touch()
    (cached / "cli.cpython-311.pyc").touch()
    return tmp_path


def test_a_root_as_it_should_be_has_no_fault(root: Path) -> None:
    assert list(faults(built(), root, HELD)) == []


def test_an_image_over_its_limit_is_named_with_both_sizes(root: Path) -> None:
    assert list(faults(built(size=250_000_001), root, HELD)) == ["250.0 MB, more than 250 MB"]


@pytest.mark.parametrize("path", ["usr/bin/gcc", "opt/ricloop/bin/pip", "bin/cc"])
def test_a_compiler_and_pip_are_found_where_they_lie(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).touch()
    assert list(faults(built(), root, HELD)) == [f"/{path} is there"]


def test_a_file_that_lends_its_owners_rights_is_found(root: Path) -> None:
    (root / "opt/ricloop/su").touch()
    (root / "opt/ricloop/su").chmod(0o4755)
    assert list(faults(built(), root, HELD)) == ["/opt/ricloop/su lends its owner's rights"]


def test_what_a_build_was_shown_of_its_machine_is_found(root: Path) -> None:
    (root / "opt/wheels").mkdir()
    assert list(faults(built(), root, HELD)) == ["/opt/wheels is there"]


def test_a_pure_wheel_and_a_module_that_is_not_compiled_are_found(root: Path) -> None:
    (root / SITE / "_fast.cpython-311-x86_64-linux-gnu.so").unlink()
    (root / SITE / "__pycache__/cli.cpython-311.pyc").unlink()
    assert list(faults(built(), root, HELD)) == [
        "there is no native codec",
        "1 modules of ricloop are not compiled, cli.py for one",
    ]


@pytest.mark.parametrize("name", ["scapy", "torch", "pip"])
def test_a_package_that_no_such_image_may_have_is_found(root: Path, name: str) -> None:
    held = [*HELD, Package("pypi", name, pinned().get(name, "1"), "MIT")]
    assert f"the Python package {name} is there" in list(faults(built(), root, held))


def test_a_version_that_was_never_tested_is_found(root: Path) -> None:
    (line,) = faults(built(), root, [Package("pypi", "numpy", "0.1", "BSD-3-Clause")])
    assert line == f"numpy 0.1 is not as constraints.txt has it: {pinned()['numpy']}"


def test_a_user_that_is_root_and_a_label_of_another_commit_are_found(root: Path) -> None:
    assert list(faults(built(User="0"), root, HELD)) == ["User is 0, not 10001:10001"]
    (line, *_) = faults(built(Labels={}), root, HELD)
    assert line == "no label org.opencontainers.image.title"


def test_every_spelling_of_a_name_is_one() -> None:
    assert canonical("Ruamel.YAML") == canonical("ruamel_yaml") == "ruamel-yaml"
