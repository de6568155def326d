"""Decisions as a table: one row a cycle, its patches put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from controller.core.recorded.chain import Whole, unfold
from controller.errors import PermanentError
from controller.ledger.journal import stamp
from controller.ledger.read import history
from controller.model.base import encode
from controller.model.records import CycleRecorded, RunStarted

_OF_PLAN = ("mode", "target_w", "expected_w", "limit_w", "marginal_price_per_mwh")
COLUMNS = (
    *("seq", "run", "at", "next_at"),
    *_OF_PLAN,
    *("shortfall_w", "curtailed_w", "commands", "dispatches"),
)


def cycles(
    path: Path, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Sequence[Any]]:
    """Rows of `COLUMNS`: `commands` counts those of the plan, `dispatches` lists those seen (JSON).

    Raises:
        CurtaildError: the ledger cannot be read.
    """
    run, whole = 0, None
    for seq, record in history(path, since, until):
        if isinstance(record, RunStarted):
            run, whole = seq, None
        if not isinstance(record, CycleRecorded):
            continue
        try:
            whole = unfold(whole, record)
        except ValueError as problem:
            raise PermanentError(f"row {seq}: {problem}") from problem
        if since is None or record.at >= since:
            yield _row(seq, run, record, whole)


def _row(seq: int, run: int, record: CycleRecorded, whole: Whole) -> Sequence[Any]:
    plan, seen = whole.plan, whole.seen
    curtailed_w = sum(entry["power_w"] for entry in plan.get("curtailed", {}).values())
    return (
        seq,
        run,
        stamp(record.at),
        stamp(record.next_at),
        *(plan.get(name) for name in _OF_PLAN),
        plan.get("shortfall_w", 0),
        curtailed_w,
        len(plan.get("commands", ())),
        encode(sorted(seen.get("dispatches", {}))).decode(),
    )
