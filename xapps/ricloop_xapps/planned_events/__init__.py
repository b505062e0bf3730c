"""Cells kept awake where an event is planned."""
