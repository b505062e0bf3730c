"""CCC: whatever a node sends in place of a message is a DecodeError, or means what it says."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from ricloop.core.errors import DecodeError
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.configuration import saving_of
from ricloop.e2sm.ccc.model import Ccc
from tests.e2sm.ccc_values import listed, numbers, texts
from tests.makers import booleans, dictionaries, floats, just, one_of, sampled
from tests.values import Dice

HEADERS = [b'{"controlHeaderFormat":{"ricStyleType":%d}}' % style for style in (1, 2)]
MESSAGE = b'{"controlMessageFormat":{"listOfCellsControlled":[]}}'


def control_of(header: bytes, message: bytes) -> None:
    for control in codec.decode_control(header, message):
        control.saving()


DECODERS: tuple[Callable[[bytes], Any], ...] = (
    codec.decode_function_definition,
    codec.decode_event_trigger,
    codec.decode_action_definition,
    codec.decode_indication_header,
    lambda data: saving_of(codec.decode_indication_message(data).entries()),
    lambda data: (codec.decode_outcome(data).accepted(), codec.decode_outcome(data).failed()),
    lambda data: control_of(HEADERS[0], data),
    lambda data: control_of(HEADERS[1], data),
    lambda data: control_of(data, MESSAGE),
    codec.decode_query_header,
    codec.decode_query_definition,
    lambda data: codec.decode_query_outcome(data).entries(),
)
SAMPLES = [sample.octets.decode() for sample in Ccc().samples().messages]
ODD = ['"', "{", "}", "[", "1e999", "NaN", "-0", "null", "true", '"\\u0000"', '"\\ud800"', "9" * 400, "9" * 5000]
leaves = one_of(just(None), booleans, numbers, floats, sampled([math.nan, math.inf, 10**400]), texts)


def trees(rng: Random) -> Any:
    """Any JSON, seldom deep."""
    return one_of(leaves, leaves, leaves, listed(trees), dictionaries(texts, trees))(rng)


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def put(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    changed = dict(tree) if isinstance(tree, dict) else list(tree)
    changed[key] = put(tree[key], tuple(rest), value)
    return changed


def survives(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for decode in DECODERS:
        with contextlib.suppress(DecodeError):
            decode(data)


@pytest.mark.values
def test_a_message_with_something_else_in_one_place(dice: Dice) -> None:
    for rng in dice:
        tree = json.loads(rng.choice(SAMPLES))
        survives(json.dumps(put(tree, rng.choice(places(tree)), trees(rng))))


@pytest.mark.values
def test_a_message_with_odd_signs_in_it(dice: Dice) -> None:
    for rng in dice:
        text = rng.choice(SAMPLES)
        at = rng.randrange(len(text))
        survives(text[:at] + rng.choice(ODD) + text[at + 1 :])


@pytest.mark.values
def test_a_message_that_is_nested_deep(dice: Dice) -> None:
    for rng in dice:
        survives(rng.choice(["[", '{"a":']) * rng.randint(1, 5000) + rng.choice(SAMPLES))


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_a_message_that_names_everything_twice(text: str) -> None:
    survives("{" + text[1:-1] + "," + text[1:-1] + "}")


def reported(values: str) -> bytes:
    told = '{"changeType":"none","ranConfigurationStructureName":"O-RRMPolicyRatio","valuesOfAttributes":%s}'
    return ('{"indicationMessageFormat":{"listOfConfigurationStructuresReported":[' + told % values + "]}}").encode()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ('{"rRMPolicyMaxRatio":101}', "O-RRMPolicyRatio.rRMPolicyMaxRatio = 101: it is a whole number, 0 to 100"),
        ('{"rrmpolicymaxratio":true}', "O-RRMPolicyRatio.rRMPolicyMaxRatio = True: it is a whole number, 0 to 100"),
        ('{"resourceType":"PRB"}', "it is one of PRB_DL, PRB_UL, DRB, RRC"),
        ('{"rRMPolicyMaxRatio":1,"RRMPolicyMaxRatio":2}', "is given twice"),
        ('{"vendor":1e999}', "inf is no number of JSON"),
        ('{"vendor":[{"a":NaN}]}', "nan is no number of JSON"),
        ('{"vendor":%s}' % ("9" * 400), "does not fit in 64 bits"),
        ('{"vendor":%s}' % ("9" * 5000), "number out of range"),
        ('{"vendor":' + "[" * 150 + "1" + "]" * 150 + "}", "deeper than 100 levels"),
        ('{"vendor":"\\ud800"}', "Invalid JSON"),
        ('{"resourceType":"%s"}' % ("x" * 5000), "it is one of"),
    ],
)
def test_a_value_that_cannot_be_is_a_fault_of_a_readable_length(values: str, says: str) -> None:
    with pytest.raises(DecodeError) as caught:
        codec.decode_indication_message(reported(values)).entries()
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


def test_of_two_equal_keys_the_last_holds_as_json_has_it() -> None:
    data = reported('{"rRMPolicyMaxRatio":1,"rRMPolicyMaxRatio":2}')
    (entry,) = codec.decode_indication_message(data).entries()
    assert entry.values == {"rRMPolicyMaxRatio": 2}
