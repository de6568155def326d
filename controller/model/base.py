"""What every value of the model shares: frozen, strict, one canonical encoding."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

M = TypeVar("M")


class Model(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """A frozen value. Fields that stand at their default are left out of the encoding, so that
    an encoding holds no null: a difference between two encodings is then an exact RFC 7396 patch.

    The garbage collector passes over them: what is frozen refers to nothing that refers back.
    """


def to_plain(value: object) -> Any:
    """`value` as dictionaries, lists, strings and numbers."""
    return msgspec.to_builtins(value, str_keys=True)


def encode(value: object) -> bytes:
    """The canonical JSON bytes: equal values give equal bytes (keys are sorted)."""
    return msgspec.json.encode(value, order="sorted")


def from_plain(plain: object, kind: type[M]) -> M:
    """The value of `kind` that `to_plain` took apart.

    Raises:
        msgspec.ValidationError: naming the path of what does not fit.
    """
    return msgspec.convert(plain, kind, str_keys=True)
