"""One target under atheris, in a process of its own: libFuzzer takes over and ends it. `tests.fuzz` starts it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("sdk", "e2sim", "models", "xapps")
INSTRUMENTED = ["ricloop", "asn1tools", "tests"]
"""Packages whose branches and comparisons lead the way."""


def _find_sources_first() -> None:
    """An editable install has a finder of its own, whose modules atheris cannot instrument: it comes last, where it
    still finds the native module."""
    sys.meta_path.sort(key=lambda finder: "_editable_" in type(finder).__module__)
    sys.path[:0] = [str(ROOT / source) for source in SOURCES]


def _check_instrumented() -> None:
    """Without instrumentation, nothing would fail: the fuzzer would only be blind."""
    from asn1tools.codecs import per as foreign

    from ricloop.asn1 import per
    from ricloop.e2ap import fast_indication
    from ricloop.transport import pcap

    for function in (fast_indication.walk, per.Integer.decode, pcap.read_packets, foreign.Decoder.read_bits):
        if atheris not in function.__code__.co_consts:
            raise SystemExit(f"{function.__module__}.{function.__qualname__} is not instrumented")


def main() -> None:
    """Arguments: the module that has the target, its name, then libFuzzer's own."""
    module, name, *flags = sys.argv[1:]
    _find_sources_first()
    with atheris.instrument_imports(include=INSTRUMENTED):
        target = import_module(module).TARGETS[name]
        # What is imported or compiled at first use is to be instrumented as well, and not to be counted as slow.
        for seed in target.seeds():
            target.run(seed)
        _check_instrumented()
    atheris.Setup([sys.argv[0], *flags], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
