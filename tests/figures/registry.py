"""Every figure, by the command that shows it. A new one is a line here; `make figures` measures all."""

from __future__ import annotations

from collections.abc import Mapping

from tests.figures.figure import Better, Figure, Read, Run
from tests.figures.read import at, cell, digest, listed, row

CODEC = (
    "kpm_f1_m10_decode",
    "kpm_f1_m10_encode",
    "kpm_f2_u100_decode",
    "kpm_f3_u20_decode",
    "kpm_f3_u100_decode",
    "kpm_f3_u100_encode",
    "rc_control_encode",
    "ccc_control_encode",
    "e2ap_indication_walk",
)
ENGINE = ("anomaly-ae", "anomaly-pca", "traffic-forecast", "traffic-forecast-gru", "traffic-forecast-mlp")
SCENARIOS = (
    "three-sites",
    "single",
    "night-sleep",
    "office",
    "quiet-night",
    "dense-urban-day",
    "stadium",
    "highway",
    "indoor-hotspot",
    "sleeping-cell",
    "interference",
    "backhaul-congestion",
    "slice-sla",
    "lossy-e2",
    "mixed-vendor",
    "blackout",
)
PROCESSES = ("import ricloop", "ricloop --version", "ricloop ric", "ricloop ric, a model")
DAYS = ("commercial day, asleep at 5 W", "commercial day, asleep at 20 W", "commercial day, asleep at 50 W")
NETWORKS = ("three-sites", "office", "night-sleep")


def lower(name: str, read: Read, unit: str, tolerance: float = 0.1, enough: float = 0.0) -> Figure:
    return Figure(name, read, unit, Better.LOWER, tolerance, enough)


def higher(name: str, read: Read, unit: str, tolerance: float = 0.1) -> Figure:
    return Figure(name, read, unit, Better.HIGHER, tolerance)


def equal(name: str, read: Read, unit: str = "") -> Figure:
    return Figure(name, read, unit)


def beside(name: str, read: Read, unit: str) -> Figure:
    return Figure(name, read, unit, Better.BESIDE)


def demo(transport: str, clock: str) -> Run:
    """A demo whose every octet follows from its seed."""
    return Run(
        "demo",
        f"ricloop demo --transport {transport} --clock {clock}",
        (
            equal("digest", at("digest")),
            equal("indications decided", at("decided")),
            equal("controls seen to take effect", at("controls", "effect_confirmed")),
            higher("energy saved", at("energy_saved_percent"), "%", 0.0),
            lower("lost traffic", at("lost_traffic_percent"), "%", 0.0),
        ),
    )


def paced(extra: str = "") -> Run:
    """The demo by the wall clock: what a person sees."""
    return Run(
        "demo",
        f"ricloop demo --transport tcp{extra}",
        (
            lower("e2e p99", at("e2e_ms", "p99"), "ms", 0.2),
            lower("loop p99", at("loop_ms", "p99"), "ms", 0.2),
            lower("deadline misses", at("deadline_misses"), "", enough=2),
            lower("uncovered", at("uncovered_cell_seconds"), "cell s", 0.0),
        ),
        timed=True,
    )


def replay(trace: str) -> Run:
    return Run(
        "replay",
        f"ricloop replay {{data}}/{trace} --xapp energy-saving --speed max",
        (
            equal("digest", at("digest")),
            equal("energy, all awake", at("energy_baseline_kwh"), "kWh"),
            higher("energy saved", at("energy_saved_percent"), "%", 0.0),
            equal("clairvoyant saves", at("clairvoyant_saved_percent"), "%"),
            lower("lost traffic", at("lost_traffic_percent"), "%", 0.0),
        ),
    )


def scenario(name: str) -> Run:
    return Run(
        "scenarios",
        f"ricloop sim run {name} --seed 1 --seconds 60 --speed max",
        (equal("digest", at("digest")), equal("energy", at("energy_kwh"), "kWh")),
    )


def bench(name: str, *figures: Figure, share: float = 0.3, group: str = "parts") -> Run:
    """Of `tests.bench`, beside its baseline."""
    command = f"python -m tests.bench {name}"
    return Run(group, command, figures, timed=True, quick=f"{command} --share {share}")


RUNS: Mapping[str, Run] = {
    "codec": Run(
        "codec",
        "ricloop bench codec",
        (
            *(higher(f"{op}, native", row("ratio", op=op, native=True), "x", 0.15) for op in CODEC),
            *(higher(f"{op}, Python", row("ratio", op=op, native=False), "x", 0.15) for op in CODEC),
        ),
        timed=True,
    ),
    "loop": Run(
        "loop",
        "ricloop bench loop --nodes 10 --cells 3 --period-ms 10 --seconds 50 --model traffic-forecast-mlp",
        (
            lower("loop p50", at("loop_ms", "p50"), "ms"),
            lower("loop p99", at("loop_ms", "p99"), "ms", 0.2),
            lower("e2e p50", at("e2e_ms", "p50"), "ms"),
            lower("e2e p99", at("e2e_ms", "p99"), "ms", 0.2),
            lower("e2e p99.9", at("e2e_ms", "p999"), "ms", 0.3),
            lower("misses", at("misses_percent"), "%", 0.2, enough=0.1),
            lower("superseded", at("superseded_percent"), "%", 0.2, enough=0.1),
            lower("processor", at("cpu_percent"), "%"),
            beside("bare echo p99", at("echo_ms", "p99"), "ms"),
        ),
        timed=True,
        quick="ricloop bench loop --nodes 10 --cells 3 --period-ms 10 --seconds 10 --model traffic-forecast-mlp",
    ),
    "scale": Run(
        "loop",
        "ricloop bench scale",
        (
            lower("exponent of cost", at("exponent"), "", 0.05),
            lower(
                "5,600 cells each s, e2e p99", row("e2e_p99_ms", under="points", cells=5600, period_ms=1000), "ms", 0.3
            ),
            lower(
                "560 cells each 100 ms, e2e p99", row("e2e_p99_ms", under="points", cells=560, period_ms=100), "ms", 0.3
            ),
            lower(
                "560 cells each 100 ms, processor", row("cpu_percent", under="points", cells=560, period_ms=100), "%"
            ),
        ),
        timed=True,
        quick="ricloop bench scale --size 160@1000 --size 5600@1000 --size 560@100 --seconds 4",
    ),
    "rpc": Run(
        "rpc",
        "ricloop bench rpc",
        (
            lower("being apart adds, p50", at("added_ms", "p50"), "ms", 0.15),
            lower("in the RIC beside many, p99", at("many", "here", "p99"), "ms", 0.3),
            beside("bare gRPC echo p50", at("grpc_echo_ms", "p50"), "ms"),
        ),
        timed=True,
        quick="ricloop bench rpc --xapps 5 --seconds 5",
    ),
    "engine": Run(
        "engine",
        "ricloop bench engine",
        tuple(
            lower(f"{model}, {rows} rows", row("p50_us", model=model, engine="onnxruntime", batch=rows), "us", 0.15)
            for model in ENGINE
            for rows in (1, 1024)
        ),
        timed=True,
        quick="ricloop bench engine --engines onnxruntime,numpy --batch 1,1024",
    ),
    "demo in memory": demo("memory", "free"),
    "demo in lockstep": demo("memory", "lockstep"),
    "demo over TCP": paced(),
    "demo of all xApps": paced(" --xapps all"),
    "replay of the commercial day": replay("viavi_rsg/CellReports.csv"),
    "replay of three LTE cells": replay("lte_varunkurri"),
    **{name: scenario(name) for name in SCENARIOS},
    "speed of the city": Run(
        "simulator",
        "ricloop sim run dense-urban-day --seed 1 --seconds 60 --speed max",
        (higher("speed", at("speedup"), "x real time", 0.15),),
        timed=True,
    ),
    "shipped models": Run(
        "models",
        "ricloop models verify",
        (equal("sound, and of these digests", listed("models", "model", "ok", "digest")),),
    ),
    "forecasts": Run(
        "models",
        "ricloop models evaluate traffic-forecast --data {data}",
        (
            equal("all rows", digest("rows", "figures")),
            lower(
                "Milan, 168 h, MAE",
                cell("Milan, 168 h ahead, 26 December to 1 January", "traffic-forecast", "mae"),
                "",
                0.0,
            ),
            lower(
                "Milan, 1 h, MAE",
                cell("Milan, 1 h ahead, 26 December to 1 January", "traffic-forecast", "mae"),
                "",
                0.0,
            ),
            lower("LTE cells, 24 h, MASE", cell("LTE cells, 24 h ahead", "traffic-forecast", "mase"), "", 0.0),
            lower("LTE cells, 168 h, MASE", cell("LTE cells, 168 h ahead", "traffic-forecast", "mase"), "", 0.0),
        ),
        limit_s=5400.0,
    ),
    "anomalies": Run(
        "models",
        "ricloop models evaluate anomaly-pca --data {data}",
        (
            equal("all rows", digest("rows", "figures")),
            higher("UPC cells, F1", cell("UPC cells, with labels", "logistic, grain", "f1"), "", 0.0),
            higher("UPC cells, AUC", cell("UPC cells, without labels", "off the counters", "auc"), "", 0.0),
            *(
                figure
                for model in ("anomaly-pca", "anomaly-ae")
                for figure in (
                    higher(f"simulated, found by {model}", cell("Simulated anomalies", model, "found"), "", 0.0),
                    lower(
                        f"simulated, false by {model}", cell("Simulated anomalies", model, "false"), "/cell/day", 0.0
                    ),
                    lower(f"simulated, delay of {model}", cell("Simulated anomalies", model, "delay_s"), "s", 0.0),
                )
            ),
        ),
        limit_s=5400.0,
    ),
    "energy": Run(
        "models",
        "ricloop models evaluate energy-saving --data {data}",
        (
            equal("all rows", digest("rows", "figures")),
            *(
                higher(
                    f"{name}, of the clairvoyant at <= 0.1 % lost", cell(name, "ours, best", "of clairvoyant"), "%", 0.0
                )
                for name in (*DAYS, *NETWORKS)
            ),
            *(
                higher(
                    f"{name}, least margin",
                    cell(f"{name}: ours above all causal baselines", who, "least margin"),
                    "%",
                    0.0,
                )
                for name, who in (*((day, "the day") for day in DAYS), *((name, "mean") for name in NETWORKS))
            ),
        ),
        limit_s=5400.0,
    ),
    "start": bench(
        "start",
        *(lower(f"{name}, modules", row("modules", process=name), "", 0.02) for name in PROCESSES),
        *(lower(f"{name}, processor", row("cpu_s", process=name), "s", 0.1) for name in PROCESSES),
    ),
    "calls": Run(
        "parts",
        "python -m tests.bench calls",
        (
            lower("of a decision", row("calls", work="a decision"), "", 0.03),
            lower("of an xApp's answer", row("calls", work="an xApp's answer"), "", 0.01),
            lower("of a step of the city", row("calls", work="a step of 21 cells and 200 users"), "", 0.01),
        ),
    ),
    "instruments": bench(
        "instruments",
        lower("a decision with them", row("on_us", bench="instruments"), "us"),
        lower("of which theirs", row("added_us", bench="instruments"), "us", 0.5),
    ),
    "isolated": bench("isolated", lower("added to 1,024 rows, p50", row("added_p50_us", rows=1024), "us", 0.2)),
    "context": bench("context", lower("256 cells", row("context_us", cells=256), "us", 0.15)),
    "bounds": bench("forecast", lower("of 100 cells, of the model", row("bounds_ratio", cells=100), "x", 0.15)),
    "lifecycle": bench("lifecycle", lower("following 100 cells", row("on_us", cells=100), "us", 0.15)),
    "transport": bench(
        "transport",
        lower(
            "an indication to its event, p50", row("p50_us", what="session: indication, octets to event"), "us", 0.15
        ),
        lower("a PDU of a flood, uvloop", row("us", what="tcp flood, CPU a PDU, uvloop"), "us", 0.15),
    ),
    "xapp process": bench(
        "xapp_process",
        lower("a question", row("on_us", bench="xapp_process"), "us", 0.15),
        lower("a scrape of its metrics", row("scrape_us", bench="xapp_process"), "us", 0.15),
    ),
    "captures": bench(
        "capture",
        higher("packets", row("packets_per_s", capture="clean.pcap", reader="read_pcap, whole messages"), "/s", 0.15),
        share=0.1,
    ),
    "network": bench(
        "simulator",
        *(
            higher(f"{cells:,} cells and {users:,} users", row("speedup", run=run, cells=cells), "x real time", 0.15)
            for cells, users, run in (
                (21, 200, "alone"),
                (57, 1000, "alone"),
                (570, 10_000, "alone"),
                (5700, 100_000, "alone on numpy"),
            )
        ),
        higher(
            "21 cells that report", row("speedup", run="KPM of every cell each second, encoded"), "x real time", 0.15
        ),
        lower("growth in users, to the power of", row("exponent", run="growth in users, 500 to 8000"), "", 0.1),
        lower("memory of the largest", row("memory_mb", run="alone on numpy"), "MB", 0.05),
        share=0.2,
        group="simulator",
    ),
    "images": Run(
        "images",
        "python -m tests.images",
        tuple(
            lower(f"{target}, unpacked", row("size", under="images", target=target), "octets", 0.01)
            for target in ("ric", "xapp", "e2sim")
        ),
        limit_s=3600.0,
    ),
    "takeover": bench("takeover", lower("kill to first decision", row("whole_s", loop="standby"), "s", 0.2), share=0.3),
    "lease": bench("lease", lower("planned, without control", row("gap_s", kind="planned"), "s", 0.2), share=0.4),
}


def groups() -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.group for run in RUNS.values()))
