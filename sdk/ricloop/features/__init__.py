"""What models look at: the last values of each cell, kept in place, and what is usual of it at that hour."""

from ricloop.core.model import ContextPlan
from ricloop.features.calendar import calendar
from ricloop.features.context import Context
from ricloop.features.inputs import Inputs
from ricloop.features.rows import RowMap
from ricloop.features.window import Windows

__all__ = ["Context", "ContextPlan", "Inputs", "RowMap", "Windows", "calendar"]
