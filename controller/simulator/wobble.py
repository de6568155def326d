"""Noise without a random number: a keyed hash of who and when.

Constant within a bucket of `BUCKET_S` seconds, so that it can be integrated exactly.
"""

from __future__ import annotations

import hashlib
import math
import struct
from functools import lru_cache

BUCKET_S = 5.0
_BUCKETS_A_HASH = 32
_VALUE, _VALUES = struct.Struct(">H"), struct.Struct(f">{_BUCKETS_A_HASH}H")
_HALF = 32767.5


def unit(key: str, at_s: float) -> float:
    """A number in [-1, 1] for `key` at POSIX second `at_s`."""
    chunk, place = divmod(math.floor(at_s / BUCKET_S), _BUCKETS_A_HASH)
    (value,) = _VALUE.unpack_from(_chunk(key, chunk), 2 * place)
    return float(value / _HALF - 1)


def integral(key: str, start_s: float, end_s: float) -> float:
    """The integral of `unit` over [start_s, end_s], in seconds."""
    first, last = math.floor(start_s / BUCKET_S), math.floor(end_s / BUCKET_S)
    if first == last:
        return unit(key, start_s) * (end_s - start_s)
    head = unit(key, start_s) * ((first + 1) * BUCKET_S - start_s)
    tail = unit(key, end_s) * (end_s - last * BUCKET_S)
    return head + BUCKET_S * _sum(key, first + 1, last) + tail


def _sum(key: str, first: int, stop: int) -> float:
    total = 0.0
    while first < stop:
        chunk, place = divmod(first, _BUCKETS_A_HASH)
        until = min(place + stop - first, _BUCKETS_A_HASH)
        total += sum(_VALUES.unpack(_chunk(key, chunk))[place:until]) / _HALF - (until - place)
        first += until - place
    return total


@lru_cache(maxsize=32768)  # of a farm of 15,000 the present and the last; 10 MB
def _chunk(key: str, index: int) -> bytes:
    """32 buckets in a row, two bytes each."""
    return hashlib.blake2b(f"{key}/{index}".encode(), digest_size=2 * _BUCKETS_A_HASH).digest()
