"""What every xApp must do, checked: `check_xapp(app_class)`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ricloop.app import Handler, XApp
from ricloop.app.handler import MARK, Hold
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, Timer
from ricloop.core.time import ManualClock
from ricloop.e2sm import registry
from ricloop.runtime.ric import NearRtRic


def check_xapp(cls: type[XApp[Any]], make: Callable[[], XApp[Any]] | None = None) -> None:
    """Raises AssertionError that names the rule which the xApp breaks. `make` builds one; by default without settings.

    An xApp has a name that fits a settings table; starts from its default settings, each of which is explained; has a
    handler, whose feeds are brought by a service model, and whose marked method is an ordinary one; and keeps nothing
    in its class, so that two of them do not know of each other.
    """
    build = make or cls
    assert re.fullmatch(r"[a-z][a-z0-9-]*", cls.name), f"the name {cls.name!r} must be lower case, digits and dashes"
    for key, field in cls.settings_type.model_fields.items():
        assert field.description, (
            f"setting {key} of {cls.settings_type.__name__} needs a docstring with unit and meaning"
        )
        assert not field.is_required() or make, f"setting {key} of {cls.settings_type.__name__} needs a default"
    one, other = build(), build()
    assert one.settings == other.settings, "two xApps built alike must have equal settings"
    for name, value in vars(one).items():
        shared = name != "settings" and vars(other).get(name) is value and isinstance(value, list | dict | set)
        assert not shared, f"self.{name} is shared by two xApps: make it in __init__"
    assert cls.handlers(), f"{cls.__name__} has no method marked with @on"
    for handler in one.declared:
        _check_handler(cls, handler)
    if not any(handler.model for handler in cls.handlers()):
        ric = NearRtRic([build()], clock=ManualClock())
        ric.shutdown()
        ric.check()


def _check_handler(cls: type[XApp[Any]], handler: Handler) -> None:
    method = getattr(cls, handler.name)
    assert callable(method), f"{handler.name} must stay an ordinary method"
    owner = next(base for base in cls.__mro__ if handler.name in vars(base))
    assert hasattr(vars(owner)[handler.name], MARK) or owner is not cls, f"{handler.name} must be marked with @on"
    handler.check(cls.__name__, method)
    for need in (handler.feed, *handler.needs):
        if isinstance(need, Feed) and not isinstance(need, Timer) and need.title != "outcomes":
            try:
                registry.owner_of_feed(need)
            except ConfigError as error:
                raise AssertionError(f"{handler.name}: {error}") from None
    for option, answer in (("late", handler.late), ("error", handler.error)):
        assert isinstance(answer, Hold) or callable(answer), f"{handler.name}: {option}= is hold or a rule"
    if handler.model is not None:
        assert not isinstance(handler.late, Hold) or isinstance(handler.error, Hold), (
            f"{handler.name}: a model needs a rule for being late as well as for failing"
        )
