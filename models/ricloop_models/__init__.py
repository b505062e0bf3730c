"""Learned models for ricloop xApps: networks, training runs, and the artifacts that they wrote.

Nothing here imports torch but `train/`: what ships is loaded and run without it.
"""
