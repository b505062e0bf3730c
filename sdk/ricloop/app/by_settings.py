"""Feeds that settings have a part in: which slice, how often, which measurements an operator asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from ricloop.app.settings import Settings
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
SettingsT = TypeVar("SettingsT", bound=Settings)


@dataclass(frozen=True, eq=False)
class BySettings(Feed[T_co]):
    """A feed that is made when its xApp is. Until then it is known by what the default settings make of it."""

    type: type[Settings]
    make: Callable[[Any], Feed[T_co]]
    default: Feed[T_co] = field(init=False)

    def __post_init__(self) -> None:
        try:
            settings = self.type()
        except ValidationError as error:
            missing = ", ".join(str(one["loc"][0]) for one in error.errors())
            raise ConfigError(f"by_settings({self.type.__name__}, …): give {missing} a default") from None
        object.__setattr__(self, "default", self.made(settings))

    def made(self, settings: Settings) -> Feed[T_co]:
        """Raises ConfigError where these settings make no feed."""
        feed = self.make(settings)
        if not isinstance(feed, Feed):
            raise ConfigError(f"by_settings({self.type.__name__}, …) makes a feed, as kpm.every(…), not {feed!r}")
        return feed

    @property
    def title(self) -> str:
        return self.default.title


def by_settings(type: type[SettingsT], make: Callable[[SettingsT], Feed[T]]) -> Feed[T]:
    """A feed by the xApp's settings: `by_settings(Limits, lambda limits: kpm.every(ms(limits.period_ms), PRB))`.

    `type` is the class of the xApp's settings; `make` is called once for each xApp that is built, so such a setting
    takes effect when the xApp starts. Raises ConfigError where the defaults make no feed.
    """
    return BySettings(type, make)
