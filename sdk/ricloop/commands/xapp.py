"""`ricloop xapp`."""

from __future__ import annotations

import os

from ricloop.runtime.options import XAppOptions


def xapp(options: XAppOptions) -> None:
    """Run one xApp in this process, connected to a near-RT RIC in another one."""
    from ricloop.core.output import check_writable
    from ricloop.rpc.extra import require

    # Read when gRPC is loaded: what it would print of handshakes is told in words (`rpc/channel.py`).
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    require()
    from ricloop.runtime.remote.serve import run_xapp

    check_writable(options.audit_file, "--audit")
    run_xapp(options)
