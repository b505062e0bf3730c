"""Numbers in sentences that are limits of the code are those of the code; those of models, their manifests'."""

from __future__ import annotations

import re
import tomllib

import pytest

from ricloop import store
from ricloop.core.time import NS_PER_S
from ricloop.platform import lease
from ricloop.runtime.nodes import admission
from ricloop.runtime.process import garbage
from ricloop.runtime.remote import remotes, seen
from ricloop.store import gates
from ricloop_e2sim.e2node import returns
from ricloop_e2sim.network import carriers, userplane
from ricloop_e2sim.network.world import NetworkRules
from ricloop_e2sim.phy import carrier
from ricloop_e2sim.rrc import handover
from ricloop_xapps.traffic_prediction import ledger
from tests.asan import block
from tests.images.build import LIMITS_MB
from tests.pages.markdown import ROOT, prose, rows

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
(PURE,) = [contract for contract in CONTRACTS if contract["name"] == "No input, output or clock below the link"]
*FIRST, LAST = [f"`{name.removeprefix('ricloop.')}`" for name in PURE["source_modules"]]
*OPENS, RUNS = PURE["forbidden_modules"]
RULES = NetworkRules()
SENTENCES = [
    ("sdk/README.md", f"{', '.join(FIRST)} and {LAST} import no {', '.join(OPENS)} or {RUNS}"),
    ("sdk/README.md", f"beyond {seen.MOST_REPORTS} reports or {seen.MOST_ROWS:,} cells"),
    ("sdk/README.md", f"Subscriptions are kept for `[ric] grace_s` ({remotes.GRACE_S:g} s)"),
    ("sdk/README.md", f"the other looks every {lease.POLL_S:g} s"),
    ("sdk/README.md", f"after {garbage.INDICATIONS} indications or {garbage.NEW_OBJECTS:,} new objects"),
    ("helm/RUNBOOK.md", f"for {admission.FIRST_PAUSE / NS_PER_S:g} s at first and a minute at most"),
    ("models/README.md", f"({gates.LEAST_DECISIONS:,} decisions, no faults, an error at most {gates.WORSE} times"),
    ("xapps/README.md", f"until {ledger.LEAST} errors are known"),
    ("e2sim/README.md", f"a noise figure of {carrier.GNB_NOISE_FIGURE_DB:g} dB"),
    (
        "e2sim/README.md",
        f"follow every {RULES.move_us // 1000} ms, measurements come every {RULES.measure_us // 1000} ms",
    ),
    (
        "e2sim/README.md",
        f"a CU-UP takes {userplane.CU_UP_DELAY / 10:g} ms and F1-U {userplane.F1_DELAY / 10:g} ms each way",
    ),
    ("e2sim/README.md", f"a handover takes {(handover.PREPARATION_US + handover.INTERRUPTION_US) // 1000} ms"),
    ("e2sim/README.md", f"{carriers.NOMINAL_V:g} V feed the units"),
    ("e2sim/README.md", f"at most {returns.MOST_QUESTIONS:,} users of a gNB wait"),
    ("tests/README.md", f"{block.CALLS:,} calls each run"),
    ("helm/README.md", f"({LIMITS_MB['ric']}, {LIMITS_MB['xapp']} and {LIMITS_MB['e2sim']} MB)"),
]


@pytest.mark.parametrize(("page", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_a_limit_is_that_of_the_code(page: str, sentence: str) -> None:
    assert sentence in re.sub(r"\s+", " ", prose(ROOT / page))


def test_the_table_of_models_has_what_their_manifests_say() -> None:
    said = {row[0].strip("`"): row for row in rows(ROOT / "models/README.md", "model")}
    assert set(said) == set(store.shipped())
    for name, (_, looks, _, parameters) in said.items():
        manifest = store.find(name).manifest
        assert int(parameters.replace(",", "")) == manifest.parameters, name
        assert looks == "the same" or looks.startswith(f"{manifest.window.length} periods"), name


def test_scores_of_models_are_those_of_their_artifacts() -> None:
    """Each row of a table with an artifact's figures is of it, or of a baseline beside it."""
    text = prose(ROOT / "models/README.md")
    known = {
        (name, *(f"{value:.3f}" for value in scores.values()))
        for model in store.shipped()
        for label, scores in store.find(model).scores.scores.items()
        for name in (label, model)
    }
    checked = 0
    for columns in {tuple(store.find(model).scores.own) for model in store.shipped()}:
        for table in re.findall(rf"^\| \| {re.escape(' | '.join(columns))} \|\n.*\n((?:\|.*\n)+)", text, flags=re.M):
            for row in table.splitlines():
                cells = tuple(cell.strip(" `") for cell in row.split("|")[1:-1])
                assert cells in known, row
                checked += 1
    assert checked > 15
