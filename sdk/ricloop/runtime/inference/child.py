"""A model in a process of its own: `python -m ricloop.runtime.inference.child OPTIONS`, in JSON.

What it runs may hang, leak, raise or crash: the loop notices, answers by its rule, and starts another. `target` is
`module:name` of a class or function that gives a model when it is called: an object with `window`
(`core.model.Window`), `outputs` (columns of what it says) and `predict(table) -> table`.

On its standard output, once: {"window": …, "outputs": n, "says": …}, or {"error": "…"}. Then an octet on standard input
is a question in the shared memory, and an octet on standard output its answer. The end of standard input ends it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Any

import numpy as np
import orjson

from ricloop.core.affinity import step_aside
from ricloop.core.errors import ConfigError
from ricloop.core.model import Window
from ricloop.runtime.inference.exchange import ANSWERED, ASKED, FAILED, OK, ROWS, SHAPE, STATUS, Exchange

ANSWER = b"\n"


def load(target: str) -> Any:
    """The model that `module:name` gives. Raises ConfigError for what is no model."""
    module_name, _, name = target.partition(":")
    if not module_name or not name:
        raise ConfigError(f"model {target!r}: write module:name, as my_package.my_module:MyModel")
    if "" not in sys.path:
        # A model of one's own lies where one works, as an xApp does.
        sys.path.insert(0, "")
    try:
        made = getattr(import_module(module_name), name)()
    except Exception as error:
        raise ConfigError(f"model {target!r} cannot be made: {type(error).__name__}: {error}") from error
    wrong = [
        what
        for what, good in (
            ("window: a Window", isinstance(getattr(made, "window", None), Window)),
            ("outputs: how many columns it says", isinstance(getattr(made, "outputs", None), int)),
            ("predict: a function of a table", callable(getattr(made, "predict", None))),
        )
        if not good
    ]
    if wrong:
        raise ConfigError(f"model {target!r} has no {'; no '.join(wrong)}")
    return made


def answer(model: Any, exchange: Exchange) -> None:
    """One question."""
    rows = exchange.numbers[ROWS]
    try:
        said = np.asarray(model.predict(exchange.asked[:rows]), np.float32)
    except BaseException as error:
        exchange.numbers[STATUS], exchange.complaint = FAILED, f"{type(error).__name__}: {error}"
        if not isinstance(error, Exception):
            raise
    else:
        if said.shape == exchange.said[:rows].shape:
            exchange.said[:rows] = said
            exchange.numbers[STATUS] = OK
        else:
            shape = list(exchange.said[:rows].shape)
            exchange.numbers[STATUS], exchange.complaint = SHAPE, f"{list(said.shape)} in place of {shape}"
    exchange.numbers[ANSWERED] = exchange.numbers[ASKED]


def main(options: dict[str, Any]) -> None:
    step_aside()
    # What the model prints would be taken for answers.
    out, sys.stdout = os.dup(1), sys.stderr
    os.dup2(2, 1)
    try:
        model = load(options["target"])
    except ConfigError as error:
        os.write(out, orjson.dumps({"error": str(error)}) + b"\n")
        raise SystemExit(1) from None
    window = model.window
    os.write(
        out,
        orjson.dumps({"window": asdict(window), "outputs": model.outputs, "says": getattr(model, "says", None)})
        + b"\n",
    )
    exchange = Exchange(options["memory"], options["rows"], window.columns, model.outputs)
    while os.read(0, 1):
        answer(model, exchange)
        os.write(out, ANSWER)


if __name__ == "__main__":
    main(orjson.loads(sys.argv[1]))
