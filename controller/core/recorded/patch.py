"""JSON merge patches, RFC 7396, on plain values that hold no null.

Neither function changes its arguments; results share what did not change, so that `is` tells it.
"""

from __future__ import annotations

from typing import Any

from controller.model.base import encode


def diff(old: Any, new: Any) -> Any:
    """The patch that makes `new` of `old`: only what differs, null for what is gone.

    Objects are compared key by key, anything else is replaced whole.
    """
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    patch: dict[str, Any] = dict.fromkeys(old.keys() - new.keys())
    for key, value in new.items():
        if key not in old:
            patch[key] = value
        elif not _same(old[key], value):
            patch[key] = diff(old[key], value)
    return patch


def apply(old: Any, patch: Any) -> Any:
    """`old` with the patch applied, as RFC 7396 section 2 says."""
    if not isinstance(patch, dict):
        return patch
    new = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = apply(new.get(key), value)
    return new


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in new)
    # Equal to Python is not enough: 1, 1.0 and True are equal and written differently.
    return bool(old == new) and encode(old) == encode(new)
