"""What models look at: the last values of each cell, kept in place, and what is usual of it at that hour."""

from ricloop.features.calendar import calendar
from ricloop.features.context import Context
from ricloop.features.window import Windows

__all__ = ["Context", "Windows", "calendar"]
