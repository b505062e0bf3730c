"""Learned models for ricloop xApps: networks, training runs and cards."""
