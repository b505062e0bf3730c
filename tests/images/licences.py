"""Which licences the Python packages of an image may have. Debian's own are Debian's to judge, and only listed."""

from __future__ import annotations

from collections.abc import Iterable

from boolean import Expression
from license_expression import ExpressionError, get_spdx_licensing

from tests.images.contents import Package

ACCEPTED = frozenset(
    (
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    )
)
"""By SPDX's identifiers: they ask for their text and notices, and at most (MPL) for the source of their own files."""
WORDS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What packages say in words of their own, by the identifier that it means."""
READ = {"jinja2": "BSD-3-Clause", "mpmath": "BSD-3-Clause", "scipy": "BSD-3-Clause", "sympy": "BSD-3-Clause"}
"""Of packages that say no more than "BSD": which, as read in their licence file. Names in lower case."""
_SPDX = get_spdx_licensing()


def expression(package: Package) -> str:
    """A Python package's licence in SPDX's words; empty where what it says is none of them."""
    said = " OR ".join(WORDS.get(part, part) for part in package.licence.split(" OR "))
    if said in ("BSD", "BSD License"):
        said = READ.get(package.name.lower(), "")
    try:
        parsed = _SPDX.parse(said, validate=True)
    except ExpressionError:
        return ""
    return "" if parsed is None else str(parsed)


def refused(packages: Iterable[Package]) -> list[str]:
    """A line for each Python package whose licence is unknown, or leaves no choice that is accepted."""
    lines = []
    for package in packages:
        if package.kind != "pypi":
            continue
        spdx = expression(package)
        if not spdx:
            lines.append(f"{package.name} {package.version}: no licence that SPDX knows: '{package.licence}'")
        elif not _acceptable(_SPDX.parse(spdx)):
            lines.append(f"{package.name} {package.version}: {spdx} is not accepted in an image")
    return lines


def _acceptable(parsed: Expression) -> bool:
    """Of an OR one part must be accepted, of an AND each."""
    if isinstance(parsed, _SPDX.OR):
        return any(map(_acceptable, parsed.args))
    if isinstance(parsed, _SPDX.AND):
        return all(map(_acceptable, parsed.args))
    return str(parsed) in ACCEPTED
