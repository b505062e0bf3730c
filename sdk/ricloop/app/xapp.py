"""The base of every xApp."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Generic, cast, get_args, get_origin

from typing_extensions import TypeVar

from ricloop.app.by_settings import BySettings
from ricloop.app.handler import MARK, Handler
from ricloop.app.settings import Settings
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Need
from ricloop.core.ids import NodeId
from ricloop.decide.guards import Guard

SettingsT = TypeVar("SettingsT", bound=Settings, default=Settings)


class XApp(Generic[SettingsT]):
    """Subclass it, with the class of its settings in brackets, and mark its methods with `@on`.

    Handlers are synchronous and touch nothing outside: they take what they declared and return a `Decision`.
    """

    name: ClassVar[str]
    """In settings, logs and on the command line; the class's name in kebab case unless given."""
    guards: ClassVar[Sequence[Guard]] = ()
    """Each sees every action of every decision. KeepCoverage is always among them, declared or not."""
    priority: ClassVar[int] = 0
    """Where two xApps want the same parameter of a resource, the greater number wins."""
    settings_type: ClassVar[type[Settings]] = Settings

    settings: SettingsT
    """The settings in force; never changed during a call."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "name" not in cls.__dict__:
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()
        for base in getattr(cls, "__orig_bases__", ()):
            found = get_args(base)[:1] if get_origin(base) is XApp else ()
            if found and isinstance(found[0], type) and issubclass(found[0], Settings):
                cls.settings_type = found[0]
        for guard in cls.guards:
            if isinstance(guard, type) or not callable(getattr(guard, "admit", None)):
                raise ConfigError(f"{cls.__name__}.guards: {guard!r} is no guard, as Cooldown(ms(5000)) is")
        for handler in cls.handlers():
            handler.check(cls.__name__, getattr(cls, handler.name))

    def __init__(self, settings: SettingsT | None = None) -> None:
        # The type argument is what the default was looked up from, so the two agree.
        self.settings = settings if settings is not None else cast("SettingsT", self.settings_type())

    @classmethod
    def handlers(cls) -> tuple[Handler, ...]:
        """What `@on` marked, base classes first, in the order written; an override keeps its base's declaration."""
        found: dict[str, Handler] = {}
        for owner in reversed(cls.__mro__):
            for name, member in vars(owner).items():
                handler = getattr(member, MARK, None)
                if isinstance(handler, Handler):
                    found[name] = handler
        return tuple(found.values())

    @cached_property
    def declared(self) -> tuple[Handler, ...]:
        """`handlers()`, where each feed that goes by settings is the one that this xApp's settings make. Raises
        ConfigError where they make none."""
        made: dict[Need[Any], Need[Any]] = {}

        def asked(need: Need[Any]) -> Any:
            if need not in made:
                try:
                    made[need] = need.made(self.settings) if isinstance(need, BySettings) else need
                except ConfigError as error:
                    raise ConfigError(f"the settings of xApp '{self.name}' make no feed: {error}") from error
            return made[need]

        return tuple(
            replace(handler, feed=asked(handler.feed), needs=tuple(map(asked, handler.needs)))
            for handler in self.handlers()
        )

    def started(self) -> None:
        """Called once, before the first report."""

    def stopping(self) -> None:
        """Called once, after the last."""

    def node_connected(self, node: NodeId) -> None:
        """An E2 node completed its set-up."""

    def node_lost(self, node: NodeId) -> None:
        """An E2 node went away; its reports stop until it is back."""
