"""The kept descriptions of the ASN.1 modules are those of their text, and a text without one is parsed."""

from __future__ import annotations

from hashlib import sha256

import asn1tools
import pytest

from ricloop.asn1 import E2AP, parsed
from ricloop.asn1.parsed import description
from tests.codec.generate import FILE, SYNTAXES

OTHER = "Other DEFINITIONS AUTOMATIC TAGS ::= BEGIN A ::= SEQUENCE { a INTEGER (0..7), ... } END"


def test_the_kept_file_has_a_line_for_each_of_the_modules_and_no_other() -> None:
    kept = [line.split(" ", 1)[0] for line in FILE.read_text(encoding="utf-8").splitlines()]
    wanted = [sha256(syntax.text.encode()).hexdigest() for syntax in SYNTAXES.values()]
    assert kept == wanted, "python -m tests.codec.generate"


@pytest.mark.parametrize("name", SYNTAXES)
def test_a_kept_description_is_what_the_parser_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SYNTAXES[name].text
    expected = asn1tools.parse_string(text)
    monkeypatch.delattr(parsed, "_parsed")
    assert repr(description(text)) == repr(expected), "to the order of its members, and to lists and tuples"


def test_a_text_that_is_not_kept_is_parsed() -> None:
    assert description(OTHER) == asn1tools.parse_string(OTHER)


def test_each_gets_a_description_of_its_own() -> None:
    first, second = description(E2AP.text), description(E2AP.text)
    first.clear()
    assert second
