"""What models look at: the last values of each cell, kept in place."""

from ricloop.features.calendar import calendar
from ricloop.features.window import Windows

__all__ = ["Windows", "calendar"]
