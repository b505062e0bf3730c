"""Files and functions that one can take in: short, or long for a reason that is told."""

from __future__ import annotations

from tests.upkeep.sizes import Sizes, here

FUNCTION = 60
"""Lines of a function, beyond which its docstring says `Long because …`."""
MEDIAN = 150
"""Lines of a file in the middle of all."""


def unexplained(sizes: Sizes) -> list[str]:
    long = [f for f in sizes.functions if f.lines > FUNCTION and f.reason is None]
    return [f"{f.path}: {f.name} has {f.lines} lines" for f in long]


def test_no_function_is_long_without_a_reason() -> None:
    assert unexplained(here()) == []


def test_half_of_the_files_are_short() -> None:
    assert here().median() < MEDIAN


def test_a_long_function_is_named_and_a_reason_excuses_it() -> None:
    body = "    pass\n" * FUNCTION
    sizes = Sizes()
    sizes.add("bare.py", f"def bare():\n{body}")
    sizes.add("told.py", f'def told():\n    """A table.\n\n    Long because each row is a line."""\n{body}')
    sizes.add("short.py", "async def short():\n    pass\n")
    assert unexplained(sizes) == [f"bare.py: bare has {FUNCTION + 1} lines"]
