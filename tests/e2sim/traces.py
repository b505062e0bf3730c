"""A made-up trace with the AI RSG's columns: two sites, a night and a day."""

from __future__ import annotations

from pathlib import Path

VIAVI_COLUMNS = (
    "time (ms)", "Viavi.Cell.Name", "RRU.PrbUsedDl", "RRU.PrbAvailDl", "RRC.ConnMean",
    "QosFlow.TotPdcpPduVolumeDl", "PEE.AvgPower", "Viavi.Frequency",
)  # fmt: skip
START_MS = 1_672_531_200_000
KBIT_PER_PRB = {"N12": 700.0, "N1": 750.0}
NIGHT, DAY = (10.0, 5.0), (50.0, 90.0)
"""PRBs of the coverage and the capacity cell."""


def write_viavi(path: Path, intervals: int = 24) -> Path:
    """The first half is night, the second day. Power is 60 + 400·use, with a small ripple."""
    lines = [",".join(VIAVI_COLUMNS)]
    for number in range(intervals):
        levels = NIGHT if number < intervals // 2 else DAY
        for site in ("S1", "S2"):
            for profile, mhz, prbs in (("N12", 700, levels[0]), ("N1", 2100, levels[1])):
                power = 60 + 400 * prbs / 106 + (0.5 if number % 2 else -0.5)
                values = (
                    START_MS + number * 900_000, f"{site}/{profile}/C1", prbs, 106, 2.0,
                    prbs * KBIT_PER_PRB[profile], power, mhz,
                )  # fmt: skip
                lines.append(",".join(map(str, values)))
    path.write_text("\n".join(lines) + "\n")
    return path
