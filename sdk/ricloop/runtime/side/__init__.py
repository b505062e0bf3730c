"""The side process, and what it tells: audit, metrics, health, nodes."""
