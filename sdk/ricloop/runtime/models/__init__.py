"""Versions of models: found by name, followed, challenged, replaced."""
