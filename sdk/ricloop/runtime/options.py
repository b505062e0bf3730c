"""What `ricloop ric` and `ricloop xapp` can be asked: each field is an option, and its help says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from typer import Argument, Option

CLOCKS = ("real", "lockstep")

Overrides: TypeAlias = Annotated[
    tuple[str, ...], Option("--set", help="xapp.key=value, over the file. May be given more than once.")
]
ModelSources: TypeAlias = Annotated[
    tuple[str, ...],
    Option(
        "--model",
        help="NAME=FOLDER of an artifact, or NAME=module:name; else the active one of --models, else the shipped.",
    ),
]
ModelsRoot: TypeAlias = Annotated[
    Path | None,
    Option(
        "--models",
        envvar="RICLOOP_MODELS",
        help="Folder that is there, of versions of models; see `ricloop models promote`.",
    ),
]
TrustFile: TypeAlias = Annotated[
    Path | None, Option("--trust", help="PEM, or TOML with dates: whose signatures of models count.")
]
RequireSignature: TypeAlias = Annotated[
    bool, Option("--require-signature", help="Refuse models that nobody signed; needs --trust.")
]
Seconds: TypeAlias = Annotated[float | None, Option(min=0.0, max=1e9, help="End after so many seconds.")]
Quiet: TypeAlias = Annotated[bool, Option("--quiet", help="Print nothing but errors.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RicOptions:
    """The embedded near-RT RIC."""

    xapps: Annotated[
        tuple[str, ...],
        Option(
            "--xapp",
            help="An installed xApp's name, or module:Class; none: minimal. May be given more than once.",
        ),
    ] = ()
    listen: Annotated[
        tuple[str, ...],
        Option(help="tcp://HOST:PORT or sctp://HOST:PORT; none: tcp://127.0.0.1:36421. May be given more than once."),
    ] = ("tcp://127.0.0.1:36421",)
    settings_file: Annotated[Path | None, Option("--settings", help="TOML file with a table per xApp.")] = None
    overrides: Overrides = ()
    topology_file: Annotated[
        Path | None, Option("--topology", help="JSON file: cells, and which cell covers which.")
    ] = None
    stage: Annotated[str, Option(help="off, shadow (decides, sends nothing) or active.")] = "active"
    audit_file: Annotated[
        Path | None, Option("--audit", help="Write one JSON line per decision and outcome to this file.")
    ] = None
    allow: Annotated[
        tuple[str, ...],
        Option(help="Let only nodes of this id connect: gnb-00101-3, gnb-00101-*. May be given more than once."),
    ] = ()
    models: ModelSources = ()
    models_root: ModelsRoot = None
    trust_file: TrustFile = None
    require_signature: RequireSignature = False
    shadows: Annotated[
        tuple[str, ...],
        Option(
            "--shadow", help="NAME=FOLDER: compare the model at work with this artifact, in time that is left over."
        ),
    ] = ()
    shadow_report: Annotated[
        Path | None, Option(help="Write that comparison to this file: .json (evidence to promote by) or .html.")
    ] = None
    policies_file: Annotated[
        Path | None, Option("--policies", help="JSON file of A1 policies, by id; read again when it changes.")
    ] = None
    metrics: Annotated[
        str | None, Option(help="Serve Prometheus metrics, and answer `ricloop nodes`, at HOST:PORT.")
    ] = None
    capture_file: Annotated[Path | None, Option("--pcap", help="Write every E2AP message to this pcapng file.")] = None
    trace_file: Annotated[
        Path | None,
        Option("--trace", help="Write every decision's stages to this file, for Perfetto or chrome://tracing."),
    ] = None
    seconds: Seconds = None
    json_file: Annotated[Path | None, Option("--json", help="Write the summary to this file.")] = None
    quiet: Quiet = False
    standby: Annotated[
        bool, Option("--standby", help="Keep a second process warm, which takes over where this one dies.")
    ] = False
    lease: Annotated[
        str | None, Option(help="NAMESPACE/NAME of a Kubernetes Lease: of several RICs, only its holder is in control.")
    ] = None
    lease_http: Annotated[
        str | None, Option(help="Health and metrics of that election, at HOST:PORT; none: at 127.0.0.1:8080.")
    ] = None
    lease_duration: Annotated[
        int | None, Option(min=2, max=3600, help="Seconds after which a silent holder may be replaced; none: 6.")
    ] = None
    lease_renew: Annotated[float | None, Option(help="Seconds between two renewals; none: 1.")] = None
    lease_identity: Annotated[
        str | None, Option(help="This replica's name, which is its pod's; none: the host's name.")
    ] = None
    lease_api: Annotated[
        str | None, Option(help="URL of the API server, outside a cluster; none: as a pod finds it.")
    ] = None
    lease_token: Annotated[Path | None, Option(help="File with the token for it.")] = None
    lease_ca: Annotated[Path | None, Option(help="PEM: who signed its certificate.")] = None
    held: Annotated[
        bool,
        Option(
            "--held",
            hidden=True,
            help="Get everything ready, then wait for a line on standard input; its end ends the run.",
        ),
    ] = False
    fence: Annotated[
        int | None, Option(hidden=True, help="Descriptor of memory that says how long this process may send.")
    ] = None
    cpu: Annotated[
        int | None, Option(min=0, help="Run the loop on this processor alone, and what is beside it on the others.")
    ] = None
    one_process: Annotated[
        bool, Option("--one-process", help="Metrics and audit in the loop's own process: for small runs.")
    ] = False
    realtime: Annotated[bool, Option("--realtime", help="Ask the system for real-time scheduling (SCHED_FIFO).")] = (
        False
    )
    rpc: Annotated[
        str | None, Option(help="Let xApps of other processes connect at HOST:PORT; needs the three files below.")
    ] = None
    rpc_ca: Annotated[Path | None, Option(help="PEM: who signs the certificates of xApps.")] = None
    rpc_cert: Annotated[Path | None, Option(help="PEM: the RIC's own certificate.")] = None
    rpc_key: Annotated[Path | None, Option(help="PEM: the key of it.")] = None
    rpc_insecure: Annotated[
        bool, Option("--rpc-insecure", help="No certificates: on this machine alone, anyone's xApp may connect.")
    ] = False
    allow_xapp: Annotated[
        tuple[str, ...],
        Option(help="Let only xApps of this name connect: energy-saving, team-a-*. May be given more than once."),
    ] = ()
    clock: Annotated[str, Option(help="real, or lockstep with --harness.")] = "real"
    harness: Annotated[
        bool, Option("--harness", hidden=True, help="Driven by another process, a JSON object per line.")
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class XAppOptions:
    """One xApp, connected to a near-RT RIC of another process."""

    xapp: Annotated[str, Argument(metavar="name", help="An installed xApp's name, or module:Class.")]
    connect: Annotated[str, Option(help="HOST:PORT that `ricloop ric --rpc` was given.")]
    ca: Annotated[Path | None, Option(help="PEM: who signed the RIC's certificate.")] = None
    cert: Annotated[Path | None, Option(help="PEM: this xApp's certificate, in its name.")] = None
    key: Annotated[Path | None, Option(help="PEM: the key of it.")] = None
    insecure: Annotated[bool, Option("--insecure", help="No certificates: to a RIC of this machine.")] = False
    settings_file: Annotated[Path | None, Option("--settings", help="TOML file with a table for this xApp.")] = None
    overrides: Overrides = ()
    descriptor: Annotated[
        Path | None,
        Option(
            envvar="XAPP_DESCRIPTOR_PATH",
            help="config-file.json, or its folder: its `controls` are settings, below --settings and --set.",
        ),
    ] = None
    http: Annotated[
        str | None, Option(help="Serve health, configuration and metrics at HOST:PORT, as platforms ask for.")
    ] = None
    rmr: Annotated[str | None, Option(help="Answer RMR health checks at HOST:PORT; no data goes by RMR.")] = None
    appmgr: Annotated[
        str | None, Option(help="http://HOST:PORT of O-RAN SC's app manager to register with; needs --http and --rmr.")
    ] = None
    stage: Annotated[str, Option(help="off, shadow or active; the RIC's own stage goes before it.")] = "active"
    window: Annotated[int, Option(min=1, max=256, help="Questions that may be unanswered at once.")] = 4
    models: ModelSources = ()
    models_root: ModelsRoot = None
    trust_file: TrustFile = None
    require_signature: RequireSignature = False
    audit_file: Annotated[
        Path | None, Option("--audit", help="Write what the RIC's audit says of this xApp to this file.")
    ] = None
    seconds: Seconds = None
    quiet: Quiet = False
