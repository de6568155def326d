"""One member of a zip archive, never larger than it may be."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

MOST_MEMBERS = 64
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_ENCRYPTED = 0x1
_ENTRY = b"PK\x01\x02"
"""Begins each entry of the directory: they are counted before the library makes objects of them,
since a reply of 8 MB can name 180,000 files."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
)


def member(body: bytes, suffix: tuple[str, ...], limit_bytes: int) -> tuple[str, bytes]:
    """Name and content of the only member whose name ends so, in small or capital letters.

    Raises:
        ValueError: it is no zip, is broken or encrypted, has no such member or several, or one
            that is larger than `limit_bytes`.
    """
    if body.count(_ENTRY) > MOST_MEMBERS:
        raise ValueError(f"is a zip archive of more than {MOST_MEMBERS} files")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _only(archive, suffix, limit_bytes)
    except _BROKEN as error:
        raise ValueError(f"is no sound zip archive ({type(error).__name__})") from error


def _only(archive: zipfile.ZipFile, suffix: tuple[str, ...], limit: int) -> tuple[str, bytes]:
    found = [one for one in archive.infolist() if one.filename.lower().endswith(suffix)]
    if len(found) != 1:
        raise ValueError(f"is a zip archive with {len(found)} files that end in {suffix[0]}")
    (one,) = found
    if one.flag_bits & _ENCRYPTED or one.compress_type not in (_STORED, _DEFLATED):
        raise ValueError("is a zip archive that is encrypted or packed in an unknown way")
    with archive.open(one) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"holds more than {limit} bytes when unpacked: raise reply_limit_bytes")
    return one.filename, content
