"""What is read of a root file system, which licences pass, and the bill of materials made of both."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import pytest

from tests.images.contents import Package, debian, packages, python
from tests.images.licences import expression, refused
from tests.images.sbom import bill

SITE = Path(sysconfig.get_path("purelib"))


def pypi(licence: str) -> Package:
    return Package("pypi", "thing", "1.0", licence)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with two Debian packages, one of them removed, and one distribution of Python."""
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text(
        "Package: libexpat1\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.5.0-1+deb12u1\n"
        "Description: XML\n a line more\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n"
    )
    copyright_ = tmp_path / "usr/share/doc/libexpat1/copyright"
    copyright_.parent.mkdir(parents=True)
    copyright_.write_text(
        "Format: https://example.org/1.0/\n\nFiles: *\nLicense: MIT\n\nFiles: debian/*\nLicense: GPL-2+\n"
    )
    metadata = tmp_path / "opt/ricloop/lib/python3.11/site-packages/thing-1.0.dist-info/METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.4\nName: thing\nVersion: 1.0\nLicense-Expression: MIT OR Apache-2.0\n")
    return tmp_path


def test_what_dpkg_and_pip_recorded_is_read_and_what_was_removed_is_not(root: Path) -> None:
    assert packages(root) == [
        Package("deb", "libexpat1", "2.5.0-1+deb12u1", "GPL-2+, MIT", "amd64"),
        Package("pypi", "thing", "1.0", "MIT OR Apache-2.0"),
    ]


def test_a_copyright_file_in_prose_names_no_licence(root: Path) -> None:
    (root / "usr/share/doc/libexpat1/copyright").write_text("This is XML.\nLicense: whatever\n")
    assert [package.licence for package in debian(root)] == [""]


@pytest.mark.parametrize(
    ("said", "spdx"),
    [
        ("MIT", "MIT"),
        ("MIT License", "MIT"),
        ("Apache Software License", "Apache-2.0"),
        ("Apache Software License OR MIT License", "Apache-2.0 OR MIT"),
        ("BSD License", ""),
        ("", ""),
        ("see LICENSE", ""),
    ],
)
def test_words_are_read_as_spdx_means_them(said: str, spdx: str) -> None:
    assert expression(pypi(said)) == spdx


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MPL-2.0 AND (Apache-2.0 OR MIT)",
        "GPL-2.0-only OR BSD-3-Clause",
        "BSL-1.0 AND Apache-2.0 WITH LLVM-exception",
    ],
)
def test_a_licence_that_leaves_an_accepted_choice_passes(licence: str) -> None:
    assert refused([pypi(licence)]) == []


@pytest.mark.parametrize(
    "licence",
    ["GPL-2.0-only", "GPL-3.0-or-later", "MIT AND GPL-2.0-only", "LGPL-2.1-or-later", "AGPL-3.0-only OR GPL-3.0-only"],
)
def test_a_licence_that_leaves_none_is_refused_by_name(licence: str) -> None:
    (line,) = refused([pypi(licence)])
    assert line.startswith("thing 1.0: ")
    assert line.endswith("is not accepted in an image")


@pytest.mark.parametrize("licence", ["", "BSD License", "ours"])
def test_a_licence_that_nobody_knows_is_refused(licence: str) -> None:
    (line,) = refused([pypi(licence)])
    assert "no licence that SPDX knows" in line


def test_debians_own_packages_are_listed_and_not_judged() -> None:
    assert refused([Package("deb", "bash", "5.2", "GPL-3+", "amd64")]) == []


def test_a_package_that_says_only_bsd_is_known_where_its_licence_file_was_read() -> None:
    assert expression(Package("pypi", "Jinja2", "3.1", "BSD License")) == "BSD-3-Clause"
    assert expression(Package("pypi", "other", "3.1", "BSD License")) == ""


def test_scapy_and_the_judges_of_this_environment_would_be_refused() -> None:
    lines = refused(python(SITE))
    assert any(line.startswith("scapy ") for line in lines)
    assert any(line.startswith("yamllint ") for line in lines)


def test_every_distribution_of_this_environment_is_in_its_bill_by_name_version_and_address() -> None:
    held = list(python(SITE))
    told = json.loads(bill("here", "1", held))
    assert told["bomFormat"] == "CycloneDX"
    assert told["specVersion"] == "1.6"
    assert {(one["name"], one["version"]) for one in told["components"]} == {(one.name, one.version) for one in held}
    assert {one["purl"] for one in told["components"] if one["name"] == "numpy"} == {
        f"pkg:pypi/numpy@{one.version}" for one in held if one.name == "numpy"
    }


def test_a_bill_names_its_image_and_says_what_debian_brought(root: Path) -> None:
    told = json.loads(bill("ricloop/ric", "0.1.0", packages(root)))
    assert told["metadata"]["component"]["type"] == "container"
    assert told["metadata"]["component"]["name"] == "ricloop/ric"
    expat = next(one for one in told["components"] if one["name"] == "libexpat1")
    assert expat["purl"] == "pkg:deb/debian/libexpat1@2.5.0-1%2Bdeb12u1?arch=amd64"
    assert sorted(one["license"]["name"] for one in expat["licenses"]) == ["GPL-2+", "MIT"]
    thing = next(one for one in told["components"] if one["name"] == "thing")
    assert thing["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert next(one for one in told["dependencies"] if one["ref"] == "ricloop/ric")["dependsOn"]
