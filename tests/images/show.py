"""What `make images` prints of images and of the demo between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rich.table import Table

from tests.images.build import LIMITS_MB, Built
from tests.images.contents import Package
from tests.images.demo import Demo
from tests.images.licences import expression


def sizes(images: Iterable[Built]) -> Table:
    """A row for each image. Sizes are in 10^6 octets: of all layers unpacked, and as a registry keeps them."""
    table = Table("image")
    for title in ("MB", "at most", "MB packed", "layers", "built in"):
        table.add_column(title, justify="right")
    for built in images:
        limit = LIMITS_MB[built.target]
        table.add_row(
            built.target,
            f"{built.size / 1e6:.1f}",
            "any" if limit is None else str(limit),
            f"{built.packed / 1e6:.1f}",
            str(built.layers),
            f"{built.seconds:.0f} s",
        )
    return table


def licences(held: Sequence[Package]) -> str:
    """The licences of an image's Python packages, with the packages of each, and how many packages are Debian's."""
    by = defaultdict(list)
    for package in held:
        if package.kind == "pypi":
            by[expression(package) or f"unknown ('{package.licence}')"].append(package.name)
    lines = [f"  {licence}: {', '.join(names)}" for licence, names in sorted(by.items())]
    debian = sum(package.kind == "deb" for package in held)
    return "\n".join(
        [*lines, f"  and {debian} packages of Debian's, by their own copyright files: in the bill of materials"]
    )


def demo(ran: Demo) -> str:
    """A run between the images, in words."""
    refused = sorted(place for place, became in ran.writes.items() if became == "EROFS")
    written = sorted(place for place, became in ran.writes.items() if became == "written")
    ends = ", ".join(f"{name} {status}" for name, status in ran.exits.items())
    return "\n".join(
        (
            f"{ran.decided} indications decided, {ran.controls} controls sent, {ran.confirmed} seen to take effect; "
            f"{ran.asked} questions to the xApp apart, {ran.answered} answered in time",
            f"loop with a control: p50 {ran.loop_p50:.1f} ms, p99 {ran.loop_p99:.1f} ms; "
            f"without one: p99 {ran.idle_p99:.1f} ms",
            f"as uid 10001 without a capability; read-only: {', '.join(refused)}; written to: {', '.join(written)}",
            f"after SIGTERM: {ends}",
        )
    )


def plain(images: Iterable[Built], ran: Demo | None, found: Sequence[str]) -> dict[str, object]:
    """The same for a program."""
    return {
        "schema": 1,
        "images": [asdict(built) for built in images],
        "demo": None if ran is None else asdict(ran),
        "faults": list(found),
    }
