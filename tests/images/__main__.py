"""Builds the images with buildah, looks through each, and runs the demo loop between them as uid 10001 on a
read-only root.

Where a tool is missing it says so and ends with 0, having done nothing (RICLOOP_REQUIRE_IMAGES=1: with 1). Bills of
materials and build logs are kept in `build/images`. Ends with status 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.images import base, demo, show
from tests.images.build import LIMITS_MB, Built, build, context, version
from tests.images.checks import faults
from tests.images.contents import packages
from tests.images.licences import refused
from tests.images.sbom import bill
from tests.images.tools import ROOT, Failed, missing, mounted

KEPT = ROOT / "build" / "images"


def main() -> int:
    wanted = _wanted()
    console = Console(highlight=False, soft_wrap=True)
    if (reason := missing()) is not None:
        console.print(f"skipped, no image was built: {reason}", markup=False)
        return 1 if os.environ.get("RICLOOP_REQUIRE_IMAGES") else 0
    KEPT.mkdir(parents=True, exist_ok=True)
    try:
        return _all(wanted, console)
    except Failed as error:
        console.print(f"failed: {error}", markup=False)
        return 1


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.images", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"which of {', '.join(LIMITS_MB)}")
    parser.add_argument("--gpu", action="store_true", help="xapp-gpu too: it takes gigabytes")
    parser.add_argument("--base", metavar="IMAGE", help="stand on this image of the local store, not on debootstrap's")
    parser.add_argument("--mirror", default=base.MIRROR, help="of Debian, for debootstrap (%(default)s)")
    parser.add_argument("--no-run", action="store_true", help="build and look, but run nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="what came of it, for a program")
    wanted = parser.parse_args()
    if unknown := set(wanted.targets) - set(LIMITS_MB):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(LIMITS_MB)}")
    if not wanted.targets:
        wanted.targets = [name for name in LIMITS_MB if wanted.gpu or name != "xapp-gpu"]
    return wanted


def _all(wanted: argparse.Namespace, console: Console) -> int:
    stands_on = _base(wanted, console)
    images: dict[str, Built] = {}
    found: list[str] = []
    with context() as seen:
        for number, target in enumerate(wanted.targets, 1):
            console.print(f"{number} of {len(wanted.targets)}: building {target}")
            images[target] = build(target, stands_on, seen, KEPT)
            found += [f"{target}: {fault}" for fault in _look(images[target], console)]
    console.print(show.sizes(images.values()))
    ran = None
    if not wanted.no_run and {"ric", "xapp", "e2sim"} <= images.keys():
        names = {target: built.name for target, built in images.items()}
        with tempfile.TemporaryDirectory(prefix="ricloop-pod-") as folder:
            ran = demo.run(names, Path(folder), console.print)
        found += [f"the demo: {fault}" for fault in ran.faults()]
        console.print(show.demo(ran))
    if wanted.json is not None:
        wanted.json.write_text(json.dumps(show.plain(images.values(), ran, found), indent=1))
    for fault in found:
        console.print(f"does not hold: {fault}", markup=False)
    return 1 if found else 0


def _base(wanted: argparse.Namespace, console: Console) -> str:
    if wanted.base is not None:
        if not base.there(wanted.base):
            raise Failed(f"--base {wanted.base}: this machine's store has no such image; buildah pull {wanted.base}")
        return str(wanted.base)
    if not base.there(base.NAME):
        console.print(f"no {base.NAME} yet: debootstrap lays one, from {wanted.mirror}")
        base.make(wanted.mirror)
    return base.NAME


def _look(built: Built, console: Console) -> list[str]:
    """Read through an image, keep its bill of materials, print what its Python packages are licensed under."""
    with mounted(built.name) as root:
        held = packages(root)
        found = [*faults(built, root, held), *refused(held)]
    (KEPT / f"{built.target}.cdx.json").write_text(bill(f"ricloop/{built.target}", version(), held))
    console.print(show.licences(held))
    return found


if __name__ == "__main__":
    sys.exit(main())
