"""Make `xapp_pb2.py` of `xapp.proto`: `python -m tests.rpc.generate`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "sdk"
SCHEMA = "ricloop/rpc/xapp.proto"


def generate(into: Path) -> Path:
    """The file that was made."""
    arguments = ["-m", "grpc_tools.protoc", f"-I{SOURCE}", f"--python_out={into}", SCHEMA]
    subprocess.run([sys.executable, *arguments], cwd=SOURCE, check=True)
    return into / SCHEMA.replace(".proto", "_pb2.py")


if __name__ == "__main__":
    generate(SOURCE)
