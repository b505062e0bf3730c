"""How long a test waits for what another process, thread or kernel does."""

PATIENCE_S = 300.0
"""Where a hang ends. On a busy machine a process may need a minute to start, and that must not fail a test."""
