"""KPM: whatever can be said comes back in either dialect, and the fast and the reference codec agree on the octets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm import codec, fast, reference
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn
from tests.e2sm import kpm_values as any_kpm
from tests.e2sm import strategies as some
from tests.e2sm.kpm_values import dialects
from tests.values import many

pytestmark = pytest.mark.values


def plain(count: int, style: int) -> codec.ActionDefinition:
    return codec.ActionDefinition(
        style=style, measurements=tuple(Measurement(f"m{n}") for n in range(count)), granularity_ms=100
    )


@many
@given(st.integers(1, 2**32 - 1))
def test_an_event_trigger_comes_back(period: int) -> None:
    assert codec.decode_event_trigger(codec.encode_event_trigger(period)) == period


@many
@given(any_kpm.definitions)
def test_a_function_definition_comes_back(definition: codec.Definition) -> None:
    assert codec.decode_function_definition(codec.encode_function_definition(definition)) == definition


@pytest.mark.parametrize("style", [1, 2, 3, 4, 5])
@many
@given(st.data(), dialects)
def test_an_action_definition_of_each_format_comes_back(style: int, data: st.DataObject, dialect: Dialect) -> None:
    asked = data.draw(any_kpm.actions(style))
    assert codec.decode_action_definition(codec.encode_action_definition(asked, dialect), dialect) == asked


@pytest.mark.parametrize("kind", any_kpm.DETAILED)
@many
@given(st.data())
def test_a_ue_of_each_kind_comes_back(kind: str, data: st.DataObject) -> None:
    from ricloop.asn1 import KPM

    ue = data.draw(any_kpm.DETAILED[kind])
    value = ue_to_asn(ue)
    assert value[0] == kind
    assert ue_from_asn(KPM.decode("UEID", KPM.encode("UEID", value)), "") == ue


@many
@given(some.times, dialects)
def test_a_header_comes_back(time: int, dialect: Dialect) -> None:
    octets = codec.encode_indication_header(time, dialect)
    assert octets == reference.encode_header(time, dialect)
    kept = time if dialect.kpm_time_octets == 8 else time // 10**9 * 10**9
    assert codec.decode_indication_header(octets, dialect) == kept
    assert reference.decode_header(octets, dialect) == kept


@many
@given(st.lists(some.values, min_size=1, max_size=8), st.none() | st.integers(1, 2**32 - 1), dialects)
def test_format_1_comes_back(values: list[float], granularity: int | None, dialect: Dialect) -> None:
    octets = reference.encode_cell(values, granularity, dialect)
    assert codec.encode_cell_message(values, granularity, dialect) == octets
    asked = plain(len(values), 1)
    with np.errstate(over="ignore"):
        expected = np.array(values, np.float32)
    np.testing.assert_array_equal(reference.decode_message(octets, asked, dialect).values, expected)
    np.testing.assert_array_equal(codec.decode_message(octets, asked, dialect).values, expected)


@many
@given(st.data(), dialects)
def test_format_2_comes_back(data: st.DataObject, dialect: Dialect) -> None:
    asked = data.draw(any_kpm.actions(3))
    found = st.dictionaries(any_kpm.all_ues, some.values, max_size=3)
    size = len(asked.measurements)
    periods = data.draw(st.lists(st.lists(found, min_size=size, max_size=size), min_size=1, max_size=2))
    octets = codec.encode_condition_message(asked, periods, data.draw(st.none() | st.just(100)), dialect)
    # Two conditions on one measurement cannot be told apart by name, but are by place.
    read = codec.decode_message(octets, asked, dialect)
    assert isinstance(read, codec.UeRecords)
    assert set(read.ues) == {ue for one in periods[-1] for ue in one}
    with np.errstate(over="ignore"):
        rows = [[np.float32(one.get(ue, np.nan)) for one in periods[-1]] for ue in read.ues]
    np.testing.assert_array_equal(read.values, np.array(rows, np.float32).reshape(-1, size))


@many
@given(st.data(), st.integers(1, 3), dialects)
def test_format_3_comes_back(data: st.DataObject, each: int, dialect: Dialect) -> None:
    ues = data.draw(st.lists(any_kpm.all_ues, min_size=1, max_size=4))
    row = st.lists(some.values, min_size=each, max_size=each)
    rows = data.draw(st.lists(row, min_size=len(ues), max_size=len(ues)))
    octets = reference.encode_ues(ues, rows, dialect)
    assert codec.encode_ue_message(ues, rows, dialect) == octets
    with np.errstate(over="ignore"):
        expected = np.array(rows, np.float32)
    for decode in (codec.decode_message, reference.decode_message):
        read = decode(octets, plain(each, 4), dialect)
        assert isinstance(read, codec.UeRecords)
        assert read.ues == tuple(ues)
        np.testing.assert_array_equal(read.values, expected)


@many
@given(st.data(), st.integers(1, 4), dialects, st.booleans())
def test_an_info_list_and_what_is_not_satisfied_come_back(
    data: st.DataObject, count: int, dialect: Dialect, per_ue: bool
) -> None:
    listed = tuple(
        Measurement(f"m{n}", label)
        for n, label in enumerate(data.draw(st.lists(any_kpm.labels, min_size=count, max_size=count)))
    )
    values = data.draw(st.lists(st.integers(0, 2**24).map(float), min_size=count, max_size=count))
    failed = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    order = data.draw(st.permutations(range(count)))
    asked = codec.ActionDefinition(
        style=4 if per_ue else 1, measurements=tuple(listed[n] for n in order), granularity_ms=100
    )
    if per_ue:
        octets = codec.encode_ue_message([UeId(f1ap=(7,))], [values], dialect, listed, [failed])
    else:
        octets = codec.encode_cell_message(values, 100, dialect, listed, failed)
    read = codec.decode_message(octets, asked, dialect)
    expected = np.array([np.nan if failed[n] else values[n] for n in order], np.float32)
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
