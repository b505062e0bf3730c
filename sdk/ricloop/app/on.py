"""`@on`: which feed starts a method, what else it reads, and what happens when it cannot answer.

The overloads make a type checker compare the method with its declaration: the feed's report, then a `Latest` of each
need, then what the model predicts. One pair per number of needs: a type that maps over its arguments does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar, TypeVarTuple, overload

from ricloop.app.by_settings import BySettings
from ricloop.app.handler import MARK, Fallback, Handler, hold
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, Latest, ModelRef, Need, Timer
from ricloop.core.time import ms
from ricloop.decide.decision import Decision

R = TypeVar("R")
M = TypeVar("M")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
App = TypeVar("App")
Ts = TypeVarTuple("Ts")

DEADLINE = ms(10)
"""Unless said otherwise: what near-real-time means here."""


class Takes(Protocol[*Ts]):
    """Decorates a method that takes just these after `self`, and returns it unchanged."""

    def __call__(self, method: Callable[[App, *Ts], Decision], /) -> Callable[[App, *Ts], Decision]: ...


@overload
def on(
    feed: Feed[R],
    /,
    *,
    deadline: timedelta = ...,
    late: Fallback[R] = ...,
    error: Fallback[R] = ...,
    silent: tuple[int, Fallback[R]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R]: ...
@overload
def on(
    feed: Feed[R],
    /,
    *,
    model: ModelRef[M],
    deadline: timedelta = ...,
    late: Fallback[R] = ...,
    error: Fallback[R] = ...,
    silent: tuple[int, Fallback[R]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, M]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    /,
    *,
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A]] = ...,
    error: Fallback[R, Latest[A]] = ...,
    silent: tuple[int, Fallback[R, Latest[A]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A]]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    /,
    *,
    model: ModelRef[M],
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A]] = ...,
    error: Fallback[R, Latest[A]] = ...,
    silent: tuple[int, Fallback[R, Latest[A]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], M]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    need2: Need[B],
    /,
    *,
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A], Latest[B]] = ...,
    error: Fallback[R, Latest[A], Latest[B]] = ...,
    silent: tuple[int, Fallback[R, Latest[A], Latest[B]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], Latest[B]]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    need2: Need[B],
    /,
    *,
    model: ModelRef[M],
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A], Latest[B]] = ...,
    error: Fallback[R, Latest[A], Latest[B]] = ...,
    silent: tuple[int, Fallback[R, Latest[A], Latest[B]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], Latest[B], M]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    need2: Need[B],
    need3: Need[C],
    /,
    *,
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A], Latest[B], Latest[C]] = ...,
    error: Fallback[R, Latest[A], Latest[B], Latest[C]] = ...,
    silent: tuple[int, Fallback[R, Latest[A], Latest[B], Latest[C]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], Latest[B], Latest[C]]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    need2: Need[B],
    need3: Need[C],
    /,
    *,
    model: ModelRef[M],
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A], Latest[B], Latest[C]] = ...,
    error: Fallback[R, Latest[A], Latest[B], Latest[C]] = ...,
    silent: tuple[int, Fallback[R, Latest[A], Latest[B], Latest[C]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], Latest[B], Latest[C], M]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    need2: Need[B],
    need3: Need[C],
    need4: Need[D],
    /,
    *,
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A], Latest[B], Latest[C], Latest[D]] = ...,
    error: Fallback[R, Latest[A], Latest[B], Latest[C], Latest[D]] = ...,
    silent: tuple[int, Fallback[R, Latest[A], Latest[B], Latest[C], Latest[D]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], Latest[B], Latest[C], Latest[D]]: ...
@overload
def on(
    feed: Feed[R],
    need1: Need[A],
    need2: Need[B],
    need3: Need[C],
    need4: Need[D],
    /,
    *,
    model: ModelRef[M],
    deadline: timedelta = ...,
    late: Fallback[R, Latest[A], Latest[B], Latest[C], Latest[D]] = ...,
    error: Fallback[R, Latest[A], Latest[B], Latest[C], Latest[D]] = ...,
    silent: tuple[int, Fallback[R, Latest[A], Latest[B], Latest[C], Latest[D]]] | None = ...,
    gather: timedelta = ...,
) -> Takes[R, Latest[A], Latest[B], Latest[C], Latest[D], M]: ...
def on(
    feed: Feed[Any],
    /,
    *needs: Need[Any],
    model: ModelRef[Any] | None = None,
    deadline: timedelta = DEADLINE,
    late: Any = hold,
    error: Any = None,
    silent: tuple[int, Any] | None = None,
    gather: timedelta = timedelta(0),
) -> Any:
    """Call the method below with each value of `feed` and the latest of each need; see `Handler` for the options.

    `error` is as `late` where there is a model: the rule answers for a model that fails. Otherwise it is `hold`.
    `silent` and `gather` are for feeds of periodic reports; on another they would do nothing, and raise ConfigError.
    Marks the method and returns it unchanged: `app.decide(report, Latest(states))` is an ordinary call.
    """
    if not isinstance(feed, Feed):
        raise ConfigError(f"@on needs a feed first, as kpm.every(ms(100), metric), not {feed!r}")
    for need in needs:
        if not isinstance(need, Need):
            raise ConfigError(f"@on({feed.title}): {need!r} is no need; a model goes by `model=`")
    if model is not None and not isinstance(model, ModelRef):
        raise ConfigError(f"@on({feed.title}): model= is a model('name', Type), not {model!r}")
    _check_length(feed, "deadline", deadline, timedelta.resolution)
    _check_length(feed, "gather", gather, timedelta(0))
    if silent is not None and (not isinstance(silent, tuple) or len(silent) != 2 or silent[0] < 1):
        raise ConfigError(f"@on({feed.title}): silent= is (periods, rule or hold), not {silent!r}")
    for option, given in (("silent", silent is not None), ("gather", gather > timedelta(0))):
        if given and not _reports_periodically(feed):
            raise ConfigError(f"@on({feed.title}): {option}= does nothing here: it is for periodic reports (kpm.every)")
    if gather >= deadline:
        raise ConfigError(
            f"@on({feed.title}): gather={gather} leaves nothing of deadline={deadline}: gather for less, as ms(2)"
        )
    if error is None:
        error = hold if model is None else late

    def mark(method: Any) -> Any:
        if hasattr(method, MARK):
            raise ConfigError(f"{method.__qualname__} has an @on already: write a method for each feed")
        handler = Handler(
            name=method.__name__,
            feed=feed,
            needs=needs,
            model=model,
            deadline=deadline,
            late=late,
            error=error,
            silent=silent,
            gather=gather,
        )
        setattr(method, MARK, handler)
        return method

    return mark


def _reports_periodically(feed: Feed[Any]) -> bool:
    if isinstance(feed, BySettings):
        feed = feed.default
    # A timer has a period too, but it is never late and has nobody to wait for.
    return getattr(feed, "period", None) is not None and not isinstance(feed, Timer)


def _check_length(feed: Feed[Any], option: str, length: Any, least: timedelta) -> None:
    if not isinstance(length, timedelta) or length < least:
        raise ConfigError(f"@on({feed.title}): {option}= is a length of time, as ms(10), not {length!r}")
