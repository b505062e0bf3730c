"""Make `parsed.txt` of the ASN.1 modules: `python -m tests.codec.generate`."""

from __future__ import annotations

from pathlib import Path

from ricloop import asn1
from ricloop.asn1.parsed import KEPT, line_of

SYNTAXES = {name: value for name, value in vars(asn1).items() if isinstance(value, asn1.Syntax)}
FILE = Path(asn1.__file__).parent / KEPT


def generated() -> str:
    """The whole file."""
    return "".join(line_of(syntax.text) for syntax in SYNTAXES.values())


if __name__ == "__main__":
    FILE.write_text(generated(), encoding="utf-8")
