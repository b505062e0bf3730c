"""`ricloop xapp`."""

from __future__ import annotations

from ricloop.runtime.options import XAppOptions


def xapp(options: XAppOptions) -> None:
    """Run one xApp in this process, connected to a near-RT RIC in another one."""
    from ricloop.core.output import check_writable
    from ricloop.rpc.extra import require

    require()
    from ricloop.runtime.remote.serve import run_xapp

    check_writable(options.audit_file, "--audit")
    run_xapp(options)
