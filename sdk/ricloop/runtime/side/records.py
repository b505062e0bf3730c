"""What goes through the ring to the side process: the first octet of a record says which of these it is."""

from __future__ import annotations

AUDIT = b"A"
"""A line of the audit file."""
SNAPSHOT = b"S"
"""What instruments tell, as JSON."""
NODES = b"N"
"""The inventory of nodes, as JSON: somebody asked for it."""
SIGNALS = b"G"
"""[handler, model, record] for drift, as JSON."""
