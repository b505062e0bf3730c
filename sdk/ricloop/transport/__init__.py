"""Frames of bytes between two ends, with no E2 inside: TCP, kernel SCTP, memory."""

from ricloop.transport.address import Address, parse_address
from ricloop.transport.base import Frame, Listener, Receiver, Transport, TransportClosed
from ricloop.transport.registry import connect, listen

__all__ = [
    "Address",
    "Frame",
    "Listener",
    "Receiver",
    "Transport",
    "TransportClosed",
    "connect",
    "listen",
    "parse_address",
]
