"""Erlang's ASN.1 compiler takes our own text, and its codec gives the same octets for all that we know or can send."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from ricloop import asn1
from ricloop.asn1 import E2AP_V1, KPM, KPM_FLEXRIC, RC, RC_FLEXRIC, RC_V5, Syntax
from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.decode.payload import Functions
from ricloop.decode.tree import tree_of
from ricloop.e2ap import V1, decode, encode
from tests.interop import kpm_samples, rc_samples
from tests.interop.oracles import missing
from tests.patience import PATIENCE_S
from tests.vectors import VECTORS
from tests.vectors.messages import MESSAGES, MESSAGES_V1

MODULES = {
    "RicloopE2AP": "e2ap.asn",
    "RicloopE2SMcommon": "e2sm_common.asn",
    "RicloopE2SMKPM": "e2sm_kpm.asn",
    "RicloopE2SMRC": "e2sm_rc.asn",
}
MODULE_OF = {
    "E2AP": "RicloopE2AP",
    "E2AP_V1": "RicloopE2APv1",
    "KPM": "RicloopE2SMKPM",
    "KPM_FLEXRIC": "RicloopE2SMKPMflexric",
    "RC": "RicloopE2SMRC",
    "RC_FLEXRIC": "RicloopE2SMRCflexric",
    "RC_V5": "RicloopE2SMRCv5",
}
FLEXRIC_MODULE, V1_MODULE = MODULE_OF["KPM_FLEXRIC"], MODULE_OF["E2AP_V1"]
VARIANTS = {
    FLEXRIC_MODULE: (KPM_FLEXRIC, "RicloopE2SMKPM"),
    V1_MODULE: (E2AP_V1, "RicloopE2AP"),
    MODULE_OF["RC_FLEXRIC"]: (RC_FLEXRIC, "RicloopE2SMRC"),
    MODULE_OF["RC_V5"]: (RC_V5, "RicloopE2SMRC"),
}
"""Made of the same text as the module that they vary, and in need of a name of their own."""
COMMON = frozenset(("S-NSSAI",))
"""Types of rows of KPM that its module imports."""
NOT_FOR_ERLANG = frozenset(("real 0.0",))
"""X.690 8.5.2 gives zero no contents octets; Erlang's decoder (OTP 25) expects one."""
SCRIPT = Path(__file__).parent / "again.escript"

Octets = tuple[str, str, bytes]
"""Module, type, octets."""
Again = Callable[[list[Octets]], list[str]]

# On one worker: to compile the modules takes longer than all that they are asked.
pytestmark = [pytest.mark.oracle, pytest.mark.xdist_group("erlang")]


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Again:
    """Decodes and encodes octets by Erlang: hex, or `error …`."""
    if shutil.which("erlc") is None or shutil.which("escript") is None:
        missing("erlc is absent: apt-get install erlang-base erlang-asn1 erlang-syntax-tools erlang-parsetools")
    folder = tmp_path_factory.mktemp("erlang")
    for module, source in MODULES.items():
        # The file must have its module's name.
        (folder / f"{module}.asn").write_text(files("ricloop.asn1").joinpath(source).read_text("utf-8"), "utf-8")
    for module, (syntax, varied) in VARIANTS.items():
        text = syntax.text[syntax.text.index(f"{varied} DEFINITIONS") :].replace(varied, module, 1)
        (folder / f"{module}.asn").write_text(text, "utf-8")
    sources = [f"{module}.asn" for module in (*MODULES, *VARIANTS)]
    built = subprocess.run(["erlc", "-bper", *sources], cwd=folder, capture_output=True, text=True, check=False)
    if "asn1ct" in built.stdout + built.stderr and "undef" in built.stdout + built.stderr:
        missing("Erlang has no ASN.1 compiler: apt-get install erlang-asn1 erlang-parsetools")
    assert built.returncode == 0, built.stdout + built.stderr

    def run(rows: list[Octets]) -> list[str]:
        lines = "".join(f"{module} {type_name} {octets.hex()}\n" for module, type_name, octets in rows)
        command = ["escript", str(SCRIPT), str(folder)]
        result = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    return run


@cache
def everything_sent() -> tuple[Octets, ...]:
    """All that is inside our messages: the PDUs, their IEs and items, and the service models' payloads."""
    seen: dict[Octets, None] = {}
    names = {asn1.E2AP: "E2AP", KPM: "KPM", KPM_FLEXRIC: "KPM", RC: "RC", RC_FLEXRIC: "RC", RC_V5: "RC"}
    original = Syntax.decode

    def recording(syntax: Syntax, type_name: str, data: bytes) -> Any:
        value = original(syntax, type_name, data)
        seen[MODULE_OF[names[syntax]], type_name, data] = None
        return value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Syntax, "decode", recording)
        functions = Functions()
        for message in MESSAGES:
            tree_of(encode(message), functions)
    return tuple(seen)


def differences(again: Again, rows: list[Octets]) -> list[tuple[str, str, str, str]]:
    answers = again(rows)
    assert len(answers) == len(rows)
    return [
        (module, type_name, octets.hex(), answer)
        for (module, type_name, octets), answer in zip(rows, answers, strict=True)
        if answer != octets.hex()
    ]


def test_every_known_row_is_the_same_to_erlang(again: Again) -> None:
    rows = [
        ("RicloopE2SMcommon" if vector.type in COMMON else MODULE_OF[vector.syntax], vector.type, vector.octets)
        for vector in VECTORS
        if vector.name not in NOT_FOR_ERLANG
    ]
    assert not differences(again, rows)


def test_everything_that_we_send_is_the_same_to_erlang(again: Again) -> None:
    rows = list(everything_sent())
    kinds = {type_name for _, type_name, _ in rows}
    assert {"E2AP-PDU", "E2SM-KPM-IndicationMessage", "E2SM-RC-ControlMessage", "GlobalE2node-ID"} <= kinds
    assert len(kinds) > 35
    assert not differences(again, rows)


def test_every_message_of_v1_is_the_same_to_erlang(again: Again) -> None:
    seen: dict[Octets, None] = {}
    original = Syntax.decode

    def recording(syntax: Syntax, type_name: str, data: bytes) -> Any:
        value = original(syntax, type_name, data)
        assert syntax is E2AP_V1
        seen[V1_MODULE, type_name, data] = None
        return value

    octets = [encode(message, V1) for message in MESSAGES_V1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Syntax, "decode", recording)
        for data in octets:
            decode(data, V1)
    assert {"GlobalE2node-ID", "RICcontrolStatus", "E2nodeComponentConfig-Item"} <= {name for _, name, _ in seen}
    assert not differences(again, list(seen))


def test_reals_are_the_same_to_erlang(again: Again) -> None:
    values = [0.1, 1 / 3, -math.pi, 99.5, 1e-3, 1e300, 1e-300, 5e-324, 2.0**60, 12345678.9, -0.5, 255.0, 128.0]
    rows = [
        ("RicloopE2SMKPM", "MeasurementRecordItem", KPM.encode("MeasurementRecordItem", ("real", v))) for v in values
    ]
    assert not differences(again, rows)


@pytest.mark.parametrize("count", [40, 8190, 8192, 16384, 32768])
def test_open_types_of_any_length_are_the_same_to_erlang(again: Again, count: int) -> None:
    record = [("integer", 200)] * count
    ue = ("gNB-DU-UEID", {"gNB-CU-UE-F1AP-ID": 7})
    report = {"ueID": ue, "measReport": {"measData": [{"measRecord": record}]}}
    message = {"indicationMessage-formats": ("indicationMessage-Format3", {"ueMeasReportList": [report]})}
    octets = KPM.encode("E2SM-KPM-IndicationMessage", message)
    assert not differences(again, [("RicloopE2SMKPM", "E2SM-KPM-IndicationMessage", octets)])


@pytest.mark.parametrize(("module", "dialect"), [("RicloopE2SMKPM", STANDARD), (FLEXRIC_MODULE, FLEXRIC)])
def test_kpm_of_every_format_is_the_same_to_erlang(again: Again, module: str, dialect: Dialect) -> None:
    rows = [(module, type_name, octets) for type_name, octets in kpm_samples.octets(dialect)]
    assert len(rows) > 100
    assert not differences(again, rows)


@pytest.mark.parametrize("dialect", [STANDARD, FLEXRIC])
def test_a_hundred_ues_with_info_lists_are_the_same_to_erlang(again: Again, dialect: Dialect) -> None:
    octets = kpm_samples.hundred_ues(dialect)
    assert len(octets) > 16384
    module = "RicloopE2SMKPM" if dialect is STANDARD else FLEXRIC_MODULE
    assert not differences(again, [(module, "E2SM-KPM-IndicationMessage", octets)])


@pytest.mark.parametrize(("module", "dialect"), [("RicloopE2SMRC", STANDARD), ("RicloopE2SMRCflexric", FLEXRIC)])
def test_rc_of_every_format_is_the_same_to_erlang(again: Again, module: str, dialect: Dialect) -> None:
    rows = [
        (MODULE_OF["RC_V5"] if rc_samples.VOIDED in name else module, rc_samples.TYPES[kind], octets)
        for kind, name, octets in rc_samples.octets(dialect)
    ]
    assert len(rows) > 150
    wrong = differences(again, rows)
    assert not [row for row in wrong if not about_zero(row)]


def about_zero(row: tuple[str, str, str, str]) -> bool:
    """Erlang's decoder (OTP 25) expects contents octets of REAL zero, which X.690 8.5.2 does not give it."""
    return any(f"{{badmatch,{left}}},[{{'{row[0]}',decode_real" in row[3] for left in ("<<>>", "{0,<<>>}"))
