"""KPM: whatever can be said comes back in either dialect, and the fast and the reference codec agree on the octets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ricloop.asn1 import KPM
from ricloop.core.dialect import STANDARD
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm import codec, fast, reference
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn
from tests.e2sm import kpm_values as any_kpm
from tests.e2sm import some
from tests.e2sm.kpm_values import dialects
from tests.makers import booleans, few, integers, maybe
from tests.values import Dice

pytestmark = pytest.mark.values

granularities = maybe(integers(1, 2**32 - 1))


def float32(values: Any) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.array(values, np.float32)


def plain(count: int, style: int) -> codec.ActionDefinition:
    return codec.ActionDefinition(
        style=style, measurements=tuple(Measurement(f"m{n}") for n in range(count)), granularity_ms=100
    )


def test_an_event_trigger_comes_back(dice: Dice) -> None:
    for rng in dice:
        period = integers(1, 2**32 - 1)(rng)
        assert codec.decode_event_trigger(codec.encode_event_trigger(period)) == period


def test_a_function_definition_comes_back(dice: Dice) -> None:
    for definition in map(any_kpm.definitions, dice):
        assert codec.decode_function_definition(codec.encode_function_definition(definition)) == definition


@pytest.mark.parametrize("style", [1, 2, 3, 4, 5])
def test_an_action_definition_of_each_format_comes_back(style: int, dice: Dice) -> None:
    for rng in dice:
        asked, dialect = any_kpm.actions(style)(rng), dialects(rng)
        assert codec.decode_action_definition(codec.encode_action_definition(asked, dialect), dialect) == asked


@pytest.mark.parametrize("kind", any_kpm.DETAILED)
def test_a_ue_of_each_kind_comes_back(kind: str, dice: Dice) -> None:
    for ue in map(any_kpm.DETAILED[kind], dice):
        value = ue_to_asn(ue)
        assert value[0] == kind
        assert ue_from_asn(KPM.decode("UEID", KPM.encode("UEID", value)), "") == ue


def test_a_header_comes_back(dice: Dice) -> None:
    for rng in dice:
        time, dialect = some.times(rng), dialects(rng)
        octets = codec.encode_indication_header(time, dialect)
        assert octets == reference.encode_header(time, dialect)
        kept = time if dialect.kpm_time_octets == 8 else time // 10**9 * 10**9
        assert codec.decode_indication_header(octets, dialect) == kept
        assert reference.decode_header(octets, dialect) == kept


def test_format_1_comes_back(dice: Dice) -> None:
    for rng in dice:
        values, granularity, dialect = few(some.values, 1, 8)(rng), granularities(rng), dialects(rng)
        octets = reference.encode_cell(values, granularity, dialect)
        assert codec.encode_cell_message(values, granularity, dialect) == octets
        asked = plain(len(values), 1)
        for decode in (reference.decode_message, codec.decode_message):
            np.testing.assert_array_equal(decode(octets, asked, dialect).values, float32(values))


def test_format_2_comes_back(dice: Dice) -> None:
    for rng in dice:
        asked, periods = any_kpm.matched(rng, any_kpm.all_ues, rng.randint(1, 2))
        dialect = dialects(rng)
        octets = codec.encode_condition_message(asked, periods, rng.choice([None, 100]), dialect)
        # Two conditions on one measurement cannot be told apart by name, but are by place.
        read = codec.decode_message(octets, asked, dialect)
        assert isinstance(read, codec.UeRecords)
        assert set(read.ues) == {ue for one in periods[-1] for ue in one}
        rows = [[one.get(ue, np.nan) for one in periods[-1]] for ue in read.ues]
        np.testing.assert_array_equal(read.values, float32(rows).reshape(-1, len(asked.measurements)))


def test_format_3_comes_back(dice: Dice) -> None:
    for rng in dice:
        each, dialect, ues = rng.randint(1, 3), dialects(rng), few(any_kpm.all_ues, 1, 4)(rng)
        rows = [few(some.values, each, each)(rng) for _ in ues]
        octets = reference.encode_ues(ues, rows, dialect)
        assert codec.encode_ue_message(ues, rows, dialect) == octets
        for decode in (codec.decode_message, reference.decode_message):
            read = decode(octets, plain(each, 4), dialect)
            assert isinstance(read, codec.UeRecords)
            assert read.ues == ues
            np.testing.assert_array_equal(read.values, float32(rows))


@pytest.mark.parametrize("per_ue", [False, True])
def test_an_info_list_and_what_is_not_satisfied_come_back(per_ue: bool, dice: Dice) -> None:
    for rng in dice:
        count, dialect = rng.randint(1, 4), dialects(rng)
        listed = tuple(Measurement(f"m{n}", any_kpm.labels(rng)) for n in range(count))
        values = [float(rng.randint(0, 2**24)) for _ in listed]
        failed = [booleans(rng) for _ in listed]
        order = rng.sample(range(count), count)
        asked = codec.ActionDefinition(
            style=4 if per_ue else 1, measurements=tuple(listed[n] for n in order), granularity_ms=100
        )
        if per_ue:
            octets = codec.encode_ue_message([UeId(f1ap=(7,))], [values], dialect, listed, [failed])
        else:
            octets = codec.encode_cell_message(values, 100, dialect, listed, failed)
        read = codec.decode_message(octets, asked, dialect)
        expected = float32([np.nan if failed[n] else values[n] for n in order])
        np.testing.assert_array_equal(read.values.reshape(-1), expected)
        if any(failed):
            assert read.unsatisfied is not None
            assert read.unsatisfied.reshape(-1).tolist() == [failed[n] for n in order]
        else:
            assert read.unsatisfied is None


@pytest.mark.parametrize("fields", [(), ("granularity",)])
def test_only_the_family_changes_the_fast_messages(fields: tuple[str, ...]) -> None:
    granularity = 100 if fields else None
    for dialect in (STANDARD, any_kpm.FLEXRIC):
        octets = fast.encode_cell([1.0, 2.0], granularity, dialect.family)
        assert octets is not None
        assert fast.decode_cell(octets, dialect.family) == [1.0, 2.0]
