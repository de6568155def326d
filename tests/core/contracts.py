"""Programs and dispatches for tests of what several come to together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from controller.model.grid import Dispatch, Obligation, ReduceTo
from controller.model.site import Program

NOW = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)


def program(**changes: Any) -> Program:
    return Program(authority="grid", allowed=("reduce_to_kw",), **changes)


def weighed(penalty_per_mwh: int) -> Program:
    penalty = Decimal(penalty_per_mwh)
    return program(obligation=Obligation.FINANCIAL, weighed=True, penalty_per_mwh=penalty)


def dispatch(
    name: str, limit_w: int, reference_w: int | None = None, program: str = "a", **changes: Any
) -> Dispatch:
    """In force for an hour from now on; a cap without a reference."""
    given: dict[str, Any] = {
        "issued_at": NOW,
        "received_at": NOW,
        "start": NOW,
        "end": NOW + timedelta(hours=1),
        "target": ReduceTo(kw=Decimal(limit_w) / 1000),
    } | changes
    return Dispatch(
        id=name,
        version=1,
        program=program,
        authority="grid",
        limit_w=limit_w,
        reference_w=reference_w,
        **given,
    )
