"""The kernel ends this process at an instant, unless it is put off before: also where the process is stopped, hangs, or
is between a look at the clock and a write."""

from __future__ import annotations

import ctypes
import os
import signal

from ricloop.core.errors import ConfigError
from ricloop.core.time import NS_PER_S
from ricloop.runtime.fence.fence import CLOCK_BOOTTIME

_ABSOLUTE, _BY_SIGNAL = 1, 0
_SIGEVENT = 64
"""Octets of struct sigevent, of which the first three fields count here."""


class _Event(ctypes.Structure):
    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("rest", ctypes.c_char * (_SIGEVENT - ctypes.sizeof(ctypes.c_void_p) - 2 * ctypes.sizeof(ctypes.c_int))),
    )


class _Spec(ctypes.Structure):
    _fields_ = (
        ("every_s", ctypes.c_long),
        ("every_ns", ctypes.c_long),
        ("at_s", ctypes.c_long),
        ("at_ns", ctypes.c_long),
    )


class Deadman:
    """A timer of the kernel (timer_create) on CLOCK_BOOTTIME, whose signal is SIGKILL."""

    def __init__(self) -> None:
        """Not armed yet. Raises ConfigError where the system has no such timer."""
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._timer = ctypes.c_void_p()
            event = _Event(signal=int(signal.SIGKILL), notify=_BY_SIGNAL)
            self._call(self._libc.timer_create, CLOCK_BOOTTIME, ctypes.byref(event), ctypes.byref(self._timer))
        except (AttributeError, OSError) as error:
            raise ConfigError(f"--lease needs the timers of Linux (timer_create on CLOCK_BOOTTIME): {error}") from None

    def put_off(self, until: int) -> None:
        """It ends then, in nanoseconds of CLOCK_BOOTTIME; in the past: now."""
        spec = _Spec(0, 0, *divmod(max(until, 1), NS_PER_S))
        self._call(self._libc.timer_settime, self._timer, _ABSOLUTE, ctypes.byref(spec), None)

    def disarm(self) -> None:
        """It goes on."""
        self._call(self._libc.timer_settime, self._timer, _ABSOLUTE, ctypes.byref(_Spec()), None)

    def _call(self, function: object, *arguments: object) -> None:
        if function(*arguments) != 0:  # type: ignore[operator]
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
