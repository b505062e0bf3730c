"""What all tests share: sample data that is not part of the repository, and an account of tests that missed it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.values import Dice

ROOT = Path(__file__).parent.parent
ABSENT = "sample data is absent: "

# Hypothesis's own profile for judging changes: the same examples each time, untimed, since the machine may be busy. To
# come upon something new is what the fuzzers and `make values` are for; `--hypothesis-profile default` draws others.
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-sample-data", action="store_true", help="fail, not skip, where sample data is absent")


@pytest.fixture(scope="session")
def sample_data(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """`sample_data("e2ap_pcap")`: that path under RICLOOP_SAMPLE_DATA (default ../shared/data); absent: skips."""
    folder = Path(os.environ.get("RICLOOP_SAMPLE_DATA") or ROOT.parent / "shared" / "data")

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            reason = f"{ABSENT}{path} (set RICLOOP_SAMPLE_DATA)"
            if request.config.getoption("--require-sample-data"):
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return find


@pytest.fixture(autouse=True)
def fresh_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that a test runs in this process sets the log up for good: the next test begins with none of it."""
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **options: configure(**{**options, "cache_logger_on_first_use": False})
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> Iterator[Dice]:
    """Random numbers of this test's own, others for another --hypothesis-seed; a failure says where they stood."""
    dice = Dice(f"{request.node.name} {request.config.getoption('--hypothesis-seed')}")
    yield dice
    print(f"the last value was that of Random('{dice.seed} {dice.number}')")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", ())
    count = sum(ABSENT in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(
            f"{count} tests skipped: sample data is absent (--require-sample-data makes them fail)"
        )
