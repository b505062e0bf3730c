"""Wireshark's dissectors as a judge of capture files, from npm's @goodtools/wiregasm (Wireshark in WebAssembly)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.interop.oracles import missing
from tests.patience import PATIENCE_S

SCRIPT = Path(__file__).parent / "dissect.cjs"
PACKAGE = "@goodtools/wiregasm"
OTHER_INTERFACES = frozenset(("NGAP", "XnAP", "E1AP", "F1AP", "W1AP", "S1AP", "X2AP"))
"""Protocols whose messages an E2 Setup Request quotes; a simulated node may leave those quotations empty."""
_MALFORMED = re.compile(r"\[Malformed Packet: ([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet, as Wireshark shows it: its line of the packet list, and every line of its tree."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def info(self) -> str:
        return self.columns[-1]


def folder() -> Path:
    """Where wiregasm is installed. Skips or fails, naming what is absent and how to get it."""
    if shutil.which("node") is None:
        missing("node is absent: apt-get install nodejs npm")
    place = os.environ.get("RICLOOP_WIREGASM")
    if not place:
        missing(
            f"RICLOOP_WIREGASM is not set: npm install --prefix FOLDER {PACKAGE}@1.9.1, then RICLOOP_WIREGASM=FOLDER"
        )
    found = Path(place or "")
    if not (found / "node_modules" / PACKAGE).is_dir():
        missing(f"{found} holds no {PACKAGE}: npm install --prefix {found} {PACKAGE}@1.9.1")
    return found


def dissect(path: Path) -> list[Frame]:
    """Every frame of a capture file, but for the first parts of a message that takes several SCTP chunks."""
    command = ["node", str(SCRIPT), str(folder()), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert result.returncode == 0, result.stderr
    frames = [json.loads(line) for line in result.stdout.splitlines()]
    found = [Frame(tuple(frame["columns"]), tuple(frame["labels"])) for frame in frames]
    return [frame for frame in found if "(Message Fragment)" not in frame.info]


def complaints(frame: Frame, *, quotations: bool = True) -> list[str]:
    """Errors of a frame's tree, dissector bugs included. `quotations`: also of other interfaces' quoted messages."""
    malformed = [name for label in frame.labels for name in _MALFORMED.findall(label)]
    quoted = 0 if quotations else sum(name in OTHER_INTERFACES for name in malformed)
    errors = [label for label in frame.labels if "Expert Info (Error" in label or "Dissector bug" in label]
    named = [f"malformed {name}" for name in malformed if quotations or name not in OTHER_INTERFACES]
    # The packet list is written in a first pass, which knows only the RAN functions of frames before.
    first_pass = [frame.info] if "[UNKNOWN PER" in frame.info else []
    return named + errors[quoted:] + first_pass


def assert_dissects(path: Path) -> list[Frame]:
    """Every frame of a capture is E2AP to Wireshark, without an error in E2AP or a service model. The frames."""
    frames = dissect(path)
    assert frames, f"{path} holds no frame"
    for number, frame in enumerate(frames, 1):
        found = complaints(frame, quotations=False)
        assert not found, f"frame {number}, {frame.info}: {found}"
        assert any(label.startswith("E2AP-PDU: ") for label in frame.labels), f"frame {number}: {frame.columns}"
    return frames
