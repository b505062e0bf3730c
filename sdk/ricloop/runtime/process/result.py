"""What a run says of itself at its end: in files, to a harness, or to a person."""

from __future__ import annotations

import json
import sys
from typing import Any

import structlog

from ricloop.core.errors import ConfigError
from ricloop.link.tap import Tap
from ricloop.runtime.models.report import write_report
from ricloop.runtime.models.words import in_words
from ricloop.runtime.process.assemble import Parts
from ricloop.runtime.process.harness import say

log = structlog.get_logger()


def tell_result(parts: Parts, tap: Tap | None, *, asked: bool) -> None:
    """`asked`: a harness waits for it. Raises ConfigError for a file that cannot be written."""
    options, ric = parts.options, parts.ric
    if ric.trace is not None and options.trace_file is not None:
        ric.trace.write(options.trace_file)
    result: dict[str, Any] = ric.summary()
    if tap is not None:
        result["capture_dropped"] = tap.dropped
        if tap.dropped:
            log.warning("messages are missing in the capture", dropped=tap.dropped)
    if options.json_file is not None:
        try:
            options.json_file.write_text(json.dumps(result, indent=2) + "\n")
        except OSError as error:
            raise ConfigError(f"--json {options.json_file}: {error.strerror}") from error
    if asked:
        # The audit is complete when the result is there: whoever reads one may read the other.
        ric.audit.flush()
        if parts.side is not None:
            parts.side.settle()
        if tap is not None:
            tap.flush()
        say({"result": result})
    elif not options.quiet and not options.harness:
        _print(result)
    if options.shadow_report is not None:
        if found := ric.lifecycle.comparisons():
            write_report(options.shadow_report, found)
        else:
            log.warning("no challenger is at work, so there is nothing to report", file=str(options.shadow_report))


def _print(result: dict[str, Any]) -> None:
    controls = result["controls"]
    sys.stdout.write(
        f"{result['received']} indications received = {result['decided']} decided + {result['superseded']} "
        f"superseded + {result['refused']} refused; {controls['sent']} controls sent, {controls['accepted']} "
        f"accepted, {controls['effect_confirmed']} seen to take effect\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in in_words(result["lifecycle"]))
