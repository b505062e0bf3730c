"""Typed, declared inputs. A feed starts a handler; anything else the handler reads is a need beside it.

`Feed[T]` hands its handler a `T`; as a need, any `Need[T]` hands over a `Latest[T]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from ricloop.core.errors import ConfigError

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Need(Generic[T_co]):
    """Something a decision reads. Compared by identity: declare it once, at the top of the module."""

    @property
    def title(self) -> str:
        """A short name for messages."""
        return type(self).__name__


class Feed(Need[T_co]):
    """A need that also starts a handler whenever a new value arrives."""

    @property
    def answer_within(self) -> timedelta | None:
        """Time that whoever sent the value gives for an answer; None: as long as the handler's deadline."""
        return None

    @property
    def asked_each(self) -> timedelta | None:
        """How often nodes are asked for a value; None where they send it by themselves."""
        return None


@dataclass(frozen=True, slots=True)
class Latest(Generic[T]):
    """The newest value of a need, and how old it is. `Latest.unknown()` before the first one arrived."""

    _value: T | None
    age: timedelta = timedelta(0)

    @classmethod
    def unknown(cls) -> Latest[T]:
        return cls(None, timedelta.max)

    @property
    def known(self) -> bool:
        return self._value is not None

    @property
    def value(self) -> T:
        """The value. Raises `Unknown` before the first one arrived."""
        if self._value is None:
            raise Unknown("this need has no value yet: ask `.known` first, or declare `error=hold`")
        return self._value

    def stale(self, after: timedelta) -> bool:
        """True when unknown or older than `after`."""
        return self._value is None or self.age > after


class Unknown(ConfigError):
    """A need was read before it had a value."""


@dataclass(frozen=True, eq=False)
class Shared(Need[T_co]):
    """A named value that one xApp publishes and others read (`shared("forecast", Forecast)`)."""

    name: str
    type: type[T_co]

    @property
    def title(self) -> str:
        return f"shared {self.name!r}"


@dataclass(frozen=True, slots=True)
class PolicyType:
    """A type of A1 policies, for who has not got its class."""

    name: str
    schema: str
    """JSON Schema."""


@dataclass(frozen=True, eq=False)
class Policy(Need[T_co]):
    """An A1 policy instance, validated against a pydantic model (`policy(Model)`)."""

    type: type[T_co]
    told: PolicyType | None = None
    """Of a class that another process has; None: it is here."""

    @property
    def title(self) -> str:
        return f"policy {self.type.__name__ if self.told is None else self.told.name}"


@dataclass(frozen=True, slots=True)
class Tick:
    """What `every(period)` hands over."""

    number: int
    time: int
    """Nanoseconds on the loop's clock."""


@dataclass(frozen=True, eq=False)
class Timer(Feed[Tick]):
    """A feed that fires each `period`."""

    period: timedelta

    @property
    def title(self) -> str:
        return f"every {self.period}"


@dataclass(frozen=True, eq=False)
class ModelRef(Generic[T]):
    """A learned model by name, and the type its prediction has (`model("traffic-forecast", Forecast)`)."""

    name: str
    type: type[T]
