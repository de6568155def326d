"""Archives: one member, never larger than it may be."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from controller.signals.reading.unzip import member
from tests.signals.market_pages import archive

LIMIT = 1000


def several(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, name)
    return packed.getvalue()


def encrypted(body: bytes) -> bytes:
    """With the flag of an encrypted member set, here and in the directory."""
    spoilt = bytearray(body)
    spoilt[6] |= 1
    spoilt[spoilt.index(b"PK\x01\x02") + 8] |= 1
    return bytes(spoilt)


def packed_as(method: int, body: bytes) -> bytes:
    spoilt = bytearray(body)
    spoilt[8] = method
    spoilt[spoilt.index(b"PK\x01\x02") + 10] = method
    return bytes(spoilt)


def test_the_member_that_is_wanted_among_others() -> None:
    assert member(several("a.txt", "b.CSV"), (".csv",), LIMIT) == ("b.CSV", b"b.CSV")


def test_just_the_limit_is_read_and_one_byte_more_is_not() -> None:
    assert len(member(archive(b"x" * LIMIT), (".csv",), LIMIT)[1]) == LIMIT
    with pytest.raises(ValueError, match="more than 1000 bytes when unpacked"):
        member(archive(b"x" * (LIMIT + 1)), (".csv",), LIMIT)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is no sound zip archive"),
        (b"PK\x03\x04 not really", "is no sound zip archive"),
        (archive(b"abc" * 100)[:-30], "is no sound zip archive"),
        (archive(b"abc" * 100).replace(b"\x4b\x4c", b"\x00\x00", 1), "is no sound zip archive"),
        (several("a.csv", "b.csv"), "2 files that end in .csv"),
        (several("a.txt"), "0 files that end in .csv"),
        (several(*(f"{number}.csv" for number in range(65))), "more than 64 files"),
        (encrypted(archive(b"abc")), "encrypted or packed in an unknown way"),
        (packed_as(12, archive(b"abc")), "encrypted or packed in an unknown way"),
    ],
)
def test_what_cannot_be_used_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        member(body, (".csv",), LIMIT)


def directory(count: int) -> bytes:
    """An archive that is nothing but a directory: `count` names of files."""
    entry = b"PK\x01\x02" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 33, *[0] * 10)
    size = count * len(entry)
    return entry * count + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, count, count, size, 0, 0)


@pytest.mark.parametrize(
    ("bomb", "why"),
    [
        (archive(b"0" * 50_000_000), "more than 1000 bytes"),
        (directory(60_000), "more than 64 files"),
    ],
    ids=["large", "many"],
)
def test_a_bomb_takes_no_more_memory_than_the_limit(bomb: bytes, why: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=why):
            member(bomb, (".csv",), LIMIT)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 1_000_000


def test_a_name_that_is_no_text_is_refused() -> None:
    packed = several("\xe4\xe4.csv").replace("\xe4".encode(), b"\xff\xff")
    with pytest.raises(ValueError, match=r"is no sound zip archive \(UnicodeDecodeError"):
        member(packed, (".csv",), LIMIT)
