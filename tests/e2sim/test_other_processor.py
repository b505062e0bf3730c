"""The same run on a processor of another class: one whose vector instructions numpy may not use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__  # type: ignore[import-not-found]


def run(folder: Path, name: str, **environment: str) -> dict[str, Any]:
    file = folder / f"{name}.json"
    arguments = ["sim", "run", "dense-urban-day", "--seed", "3", "--seconds", "8", "--speed", "max", "--quiet"]
    command = [sys.executable, "-m", "ricloop", *arguments, "--json", str(file)]
    subprocess.run(command, check=True, env=os.environ | environment)
    result: dict[str, Any] = json.loads(file.read_text())
    return result


@pytest.mark.skipif(not __cpu_dispatch__, reason="this numpy is built for one class of processors only")
def test_kpis_are_equal_within_a_millionth_and_what_is_counted_exactly(tmp_path: Path) -> None:
    here = run(tmp_path, "here")
    there = run(tmp_path, "there", NPY_DISABLE_CPU_FEATURES=" ".join(__cpu_dispatch__))
    for name, value in here["kpis"].items():
        if isinstance(value, float):
            np.testing.assert_allclose(there["kpis"][name], value, rtol=1e-6, err_msg=name)
        else:
            assert there["kpis"][name] == value, name
    assert there["energy_kwh"] == pytest.approx(here["energy_kwh"], rel=1e-6)
    assert there["digest"] == here["digest"]
