"""CRC32c (RFC 9260 appendix A), the checksum of SCTP."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = np.uint32(0x82F63B78)
_BLOCK = 1024


@cache
def _octet_table() -> NDArray[np.uint32]:
    """What each octet leaves in an empty register."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = (table >> np.uint32(1)) ^ np.where(table & np.uint32(1), _POLYNOMIAL, np.uint32(0))
    return table


@cache
def _block_table() -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """What each octet leaves by the end of a block, by its place in it (flat), and where each place begins.

    The checksum is linear: a block's is the exclusive or of its octets', each followed by zeros.
    """
    octets = _octet_table()
    rows = np.empty((_BLOCK, 256), dtype=np.uint32)
    rows[-1] = octets
    for place in range(_BLOCK - 2, -1, -1):
        after = rows[place + 1]
        rows[place] = (after >> np.uint32(8)) ^ octets[after & np.uint32(0xFF)]
    return rows.ravel(), np.arange(_BLOCK, dtype=np.intp) * 256


def crc32c(data: bytes) -> int:
    """The checksum as a number; SCTP writes it least significant octet first."""
    table, places = _block_table()
    register = 0xFFFFFFFF
    for start in range(0, len(data), _BLOCK):
        block = np.frombuffer(data[start : start + _BLOCK].ljust(4, b"\0"), dtype=np.uint8).astype(np.intp)
        length = min(len(data) - start, _BLOCK)
        # The register enters as if it were part of the first four octets; of a shorter rest, the surplus shifts out.
        block[:4] ^= np.frombuffer(register.to_bytes(4, "little"), dtype=np.uint8)
        rest = register >> 8 * length if length < 4 else 0
        register = int(np.bitwise_xor.reduce(table[places[-length:] + block[:length]])) ^ rest
    return register ^ 0xFFFFFFFF
