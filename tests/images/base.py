"""A base where no registry is at hand: Debian 12 as debootstrap lays it, less what Debian's slim images leave out."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.images.tools import Failed, call

NAME = "localhost/ricloop-base:bookworm"
RELEASE = "bookworm"
SLIM = """\
# Documentation and translations are not installed, as in Debian's slim images; who wrote what stays.
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/groff/*
path-exclude /usr/share/info/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
"""
"""What dpkg reads, so that packages which an image adds leave the same out."""
SOURCES = """\
deb {mirror} bookworm main
deb {mirror} bookworm-updates main
deb {mirror}-security bookworm-security main
"""
MIRROR = "http://deb.debian.org/debian"


def there(name: str) -> bool:
    """Whether this machine's store has the image."""
    try:
        call("buildah", "inspect", "--type", "image", name)
    except Failed:
        return False
    return True


def make(mirror: str = MIRROR) -> str:
    """Lay, slim and commit the base; its name."""
    with tempfile.TemporaryDirectory(prefix="ricloop-base-") as folder:
        root = Path(folder) / "root"
        call("debootstrap", "--variant=minbase", RELEASE, root, mirror)
        slim(root)
        (root / "etc/apt/sources.list").write_text(SOURCES.format(mirror=mirror))
        container = call("buildah", "from", "scratch")
        try:
            call("buildah", "add", "--quiet", container, root, "/")
            call("buildah", "config", "--cmd", "bash", container)
            call("buildah", "commit", "--quiet", container, NAME)
        finally:
            call("buildah", "rm", container)
    return NAME


def slim(root: Path) -> None:
    """Take away what `SLIM` names and what apt would fetch again."""
    settings = root / "etc/dpkg/dpkg.cfg.d/slim"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(SLIM)
    shared = root / "usr/share"
    for path in (shared / "doc").rglob("*"):
        if not path.is_dir() and path.name != "copyright":
            path.unlink()
    for name in ("groff", "info", "lintian", "locale", "man"):
        shutil.rmtree(shared / name, ignore_errors=True)
    for folder in ("var/cache/apt/archives", "var/lib/apt/lists", "var/log"):
        for path in (root / folder).glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
