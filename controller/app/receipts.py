"""What a sender is told of its dispatch, and what the ledger keeps of one that is refused."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from controller.core.dispatches.acceptance import Refused
from controller.model.grid import Dispatch
from controller.ports import Receipt

_SHORT = reprlib.Repr()
_SHORT.maxdict, _SHORT.maxstring, _SHORT.maxother = 20, 200, 200


def received(dispatch: Dispatch, *, repeated: bool = False) -> Receipt:
    return Receipt(
        received=True,
        id=dispatch.id,
        version=dispatch.version,
        limit_kw=_limit_kw(dispatch),
        repeated=repeated,
    )


def _limit_kw(dispatch: Dispatch) -> Decimal | None:
    nothing = dispatch.cancelled or dispatch.asks_nothing or dispatch.opted_out
    return None if nothing else Decimal(dispatch.limit_w) / 1000


def answer(body: Mapping[str, Any], refused: Refused) -> Receipt:
    """The refusal, with the id and version that were sent where they can be repeated."""
    key, version = body.get("id"), body.get("version")
    return Receipt(
        received=False,
        id=key[:128] if isinstance(key, str) and key.isprintable() else "",
        version=version if type(version) is int and 0 < version < 2**63 else 0,
        problem=refused.problem,
        code=refused.code,
    )


def as_sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body for the ledger; where it cannot be kept as JSON, the text of it."""
    try:
        json.dumps(body, allow_nan=False, default=str)
        msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return {"unreadable": _SHORT.repr(body)}
    return dict(body)
