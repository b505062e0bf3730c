"""Traces of real or foreign networks, and the replay that lets them drive the offered load."""
