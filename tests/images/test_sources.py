"""pip's settings of a machine become arguments and volumes of a build, and nothing of them an image."""

from __future__ import annotations

from pathlib import Path

from tests.images.base import slim
from tests.images.sources import CERTIFICATES, arguments, settings, volumes


def test_the_environment_goes_before_files() -> None:
    listed = ":env:.cert='/env.pem'\nglobal.cert='/file.pem'\nglobal.find-links='/wheels'"
    assert settings(listed) == {"cert": "/env.pem", "find-links": "/wheels"}


def test_a_machine_without_settings_tells_a_build_nothing() -> None:
    assert settings("") == {}
    assert arguments({}) == {}
    assert volumes({}) == []


def test_an_index_elsewhere_is_an_argument_and_no_volume() -> None:
    known = {"index-url": "https://example.org/simple"}
    assert arguments(known) == {"PIP_INDEX_URL": "https://example.org/simple"}
    assert volumes(known) == []


def test_several_indexes_stay_one_argument() -> None:
    known = {"extra-index-url": "\nhttps://a.example/simple\nhttps://b.example/simple"}
    assert arguments(known) == {"PIP_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple"}


def test_a_folder_of_this_machine_is_shown_for_reading_with_the_files_beside_an_index(tmp_path: Path) -> None:
    wheels, index = tmp_path / "wheels", tmp_path / "index"
    wheels.mkdir()
    (index / "simple").mkdir(parents=True)
    known = {"find-links": str(wheels), "extra-index-url": f"file://{index}/simple", "cert": "/ca.pem"}
    assert arguments(known)["PIP_CERT"] == CERTIFICATES
    shown = volumes(known)
    assert shown[::2] == ["--volume"] * 3
    assert set(shown[1::2]) == {f"{wheels}:{wheels}:ro", f"{index}:{index}:ro", f"/ca.pem:{CERTIFICATES}:ro"}


def test_settings_that_a_build_has_of_its_own_stay_out() -> None:
    assert arguments({"constraint": "/etc/c.txt", "default-timeout": "180"}) == {}


def test_a_slim_base_keeps_who_wrote_what_and_loses_the_rest_of_the_documentation(tmp_path: Path) -> None:
    kept, lost = tmp_path / "usr/share/doc/bash/copyright", tmp_path / "usr/share/doc/bash/README"
    page, package = tmp_path / "usr/share/man/man1/bash.1.gz", tmp_path / "var/cache/apt/archives/bash.deb"
    for path in (kept, lost, page, package):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    slim(tmp_path)
    assert kept.exists()
    assert not lost.exists()
    assert not page.exists()
    assert not package.exists()
    rules = (tmp_path / "etc/dpkg/dpkg.cfg.d/slim").read_text()
    assert "path-include /usr/share/doc/*/copyright" in rules
