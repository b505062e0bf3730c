"""A minute by the wall clock is a minute of a simulated network, and the two end less than one step apart.

`python -m tests.minute`: a minute of hardly any work, so `.ci/run` has it beside something else; the soak has an hour.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS, STEP_MS = 60, 100


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        asked = ["sim", "run", "highway", "--seconds", str(SECONDS), "--quiet", "--json", str(file)]
        subprocess.run([sys.executable, "-m", "ricloop", *asked], check=True)
        result = json.loads(file.read_text())
    steps, drift_ms = result["steps"], result["drift_ms"]
    print(f"a minute by the wall clock: {steps} steps of {STEP_MS} ms, {drift_ms} ms apart after the last")
    if steps != SECONDS * 1000 / STEP_MS or not 0 <= drift_ms < STEP_MS:
        sys.exit(
            f"{steps} steps and {drift_ms} ms: {SECONDS * 1000 // STEP_MS} steps and less than {STEP_MS} ms are right"
        )


if __name__ == "__main__":
    main()
