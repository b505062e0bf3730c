"""Worlds of one gNB each, with users that stay where they are: scenarios of single gNBs, and traces, run in them."""
