"""What every service model must do, checked: `check_service_model(model)`.

Round trip of every sample message; any octets give a value or `DecodeError` and nothing else; a fast decoder says what
the other one says; plans and controls of the model's own feeds and actions hold together; foreign ones are left alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.dialect import STANDARD
from ricloop.core.errors import DecodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import UeId
from ricloop.e2sm.base import Offer, ServiceModel
from ricloop.e2sm.registry import match
from ricloop.e2sm.samples import Controlled, Indicated, Sample

_MOST_ACTIONS = 16
_OWN_OID = "1.3.6.1.4.1.53148.1.{version}.2.{arc}"


def check_service_model(model: ServiceModel, *, spoiled: int = 200, seed: int = 0) -> None:
    """Raises AssertionError that names what is wrong. `spoiled` octet strings are tried per kind of message."""
    dice = random.Random(seed)
    samples = model.samples()
    offer = model.describe(samples.definition)
    assert offer.model == model.name, f"{model.name} describes a definition as '{offer.model}'"
    for oid in (*(_OWN_OID.format(version=version, arc=model.arc) for version in (1, 2, 6)), "0.0"):
        matched = match(oid, samples.definition)
        assert matched is not None, f"{model.name} is not found by OID {oid}"
        assert matched.name == model.name, f"OID {oid} finds {matched.name} in place of {model.name}"
    for sample in samples.messages:
        _check_message(model, sample, list(_spoil(sample.octets, spoiled, dice)))
    for indicated in samples.feeds:
        _check_feed(model, indicated, offer, spoiled, dice)
    for controlled in samples.actions:
        _check_action(model, controlled, offer, spoiled, dice)
    assert not model.owns(Feed()), f"{model.name} claims a feed that is not its own"
    assert not model.controls(Action()), f"{model.name} claims an action that is not its own"
    assert not model.can_control(Action(), offer), f"{model.name} can do an action that is not its own"
    assert model.plan(Feed(), offer, (), frozenset(), STANDARD) == (), f"{model.name} plans a feed that is not its own"


def _check_message(model: ServiceModel, sample: Sample, spoiled: list[bytes]) -> None:
    what = f"{model.name}: {sample.title}"
    value = sample.decode(sample.octets)
    assert sample.encode(value) == sample.octets, f"{what} is not written as it was read"
    for octets in (sample.octets, *spoiled):
        judged = _value_or_fault(sample.decode, octets, what)
        if sample.fast is not None:
            quick = sample.fast(octets)
            # By repr, in which NaN is NaN.
            same = quick is None or repr(quick) == repr(judged)
            assert same, f"{what} {octets.hex()}: fast {quick!r}, not {judged!r}"
    if sample.fast is not None:
        assert sample.fast(sample.octets) is not None, f"{what}: the sample is not decoded fast"


def _check_feed(model: ServiceModel, indicated: Indicated, offer: Offer, spoiled: int, dice: random.Random) -> None:
    feed = indicated.feed
    assert model.owns(feed), f"{model.name} does not own its {feed.title}"
    assert model.served(feed, offer, STANDARD), f"{model.name} says that the sample node serves nothing of {feed.title}"
    plans = model.plan(feed, offer, offer.cells, frozenset(), STANDARD)
    assert plans, f"{model.name} plans nothing for {feed.title}"
    for plan in plans:
        ids = [action.action_id for action in plan.actions]
        assert 0 < len(ids) <= _MOST_ACTIONS, f"{feed.title}: {len(ids)} actions in a subscription"
        assert len(set(ids)) == len(ids), f"{feed.title}: an action id occurs twice in {ids}"
        assert all(0 <= id_ <= 255 for id_ in ids), f"{feed.title}: action ids {ids} are not all in 0..255"
    action = plans[0].actions[0]
    part = model.decode(action, indicated.header, indicated.message, STANDARD)
    assert model.assemble(feed, [part], _handle_of, None) is not None, f"{feed.title} has no value"
    for octets in _spoil(indicated.header, spoiled, dice):
        _value_or_fault(lambda data: model.decode(action, data, indicated.message, STANDARD), octets, feed.title)
    for octets in _spoil(indicated.message, spoiled, dice):
        _value_or_fault(lambda data: model.decode(action, indicated.header, data, STANDARD), octets, feed.title)


def _check_action(model: ServiceModel, controlled: Controlled, offer: Offer, spoiled: int, dice: random.Random) -> None:
    action = controlled.action
    assert model.controls(action), f"{model.name} does not carry its {action}"
    assert model.can_control(action, offer), f"{model.name}: the sample node does not offer {action}"
    header, message = model.encode_control(action, controlled.context)
    assert header, f"{action}: an empty control header"
    assert message, f"{action}: an empty control message"
    assert model.verdict(action, controlled.outcome, STANDARD).accepted, f"{action}: its own outcome is a no"
    for octets in _spoil(controlled.outcome or b"", spoiled, dice):
        _value_or_fault(lambda data: model.verdict(action, data, STANDARD), octets, str(action))


def _value_or_fault(decode: Callable[[bytes], Any], octets: bytes, what: str) -> Any:
    try:
        return decode(octets)
    except DecodeError as error:
        return error
    except Exception as error:
        raise AssertionError(f"{what}: {octets.hex()} raised {error!r} in place of DecodeError") from error


def _spoil(octets: bytes, count: int, dice: random.Random) -> Iterator[bytes]:
    """Noise, cut ends, and one to three octets changed."""
    for _ in range(count):
        kind = dice.randrange(4)
        if kind == 0 or not octets:
            yield dice.randbytes(dice.randrange(40))
        elif kind == 1:
            yield octets[: dice.randrange(len(octets))]
        else:
            changed = bytearray(octets)
            for _ in range(kind):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
            yield bytes(changed)


def _handle_of(ue: UeId) -> int:
    return ue.f1ap[0]
