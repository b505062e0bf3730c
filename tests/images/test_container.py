"""The configuration that an image is run with: what it must not be able to do."""

from __future__ import annotations

from pathlib import Path

from tests.images.container import bundle_config
from tests.images.demo import Demo

IMAGE = {"User": "10001:10001", "Entrypoint": ["ricloop"], "Env": ["TZ=UTC"], "WorkingDir": "/tmp"}


def test_a_container_has_its_images_user_no_capability_and_one_place_to_write() -> None:
    made = bundle_config(IMAGE, Path("/root-fs"), Path("/here/tmp"), ("--version",), 7)
    process = made["process"]
    assert process["user"] == {"uid": 10001, "gid": 10001}
    assert process["args"] == ["ricloop", "--version"]
    assert process["capabilities"] == {}
    assert process["noNewPrivileges"] is True
    assert made["root"] == {"path": "/root-fs", "readonly": True}
    writable = [one["destination"] for one in made["mounts"] if "rw" in one["options"]]
    assert writable == ["/tmp"]
    assert {"type": "network", "path": "/proc/7/ns/net"} in made["linux"]["namespaces"]


def demo(**changed: object) -> Demo:
    good: dict[str, object] = {
        "decided": 1, "controls": 1, "confirmed": 1, "asked": 1, "answered": 1, "loop_p50": 1.0, "loop_p99": 1.0,
        "idle_p99": 1.0, "exits": {"ric": 143}, "writes": {"/etc": "EROFS", "/tmp": "written"},
    }  # fmt: skip
    return Demo(**(good | changed))  # type: ignore[arg-type]


def test_a_run_in_which_everything_held_has_no_fault() -> None:
    assert demo().faults() == []


def test_a_root_that_can_be_written_is_a_fault_and_so_is_one_that_only_permissions_keep() -> None:
    assert demo(writes={"/etc": "written", "/tmp": "written"}).faults() == ["a write to /etc: written, not EROFS"]
    assert demo(writes={"/etc": "EACCES", "/tmp": "written"}).faults() == ["a write to /etc: EACCES, not EROFS"]
    assert demo(writes={"/tmp": "EROFS"}).faults() == ["a write to /tmp: EROFS, not written"]


def test_a_loop_that_sent_nothing_and_an_end_that_was_no_end_are_faults() -> None:
    assert demo(controls=0).faults() == ["controls: none"]
    assert demo(exits={"ric": 137}).faults() == ["ric ended with 137, not 143"]
