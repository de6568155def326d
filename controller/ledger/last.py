"""The last decision that was recorded."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from controller.core.recorded.chain import Whole, unfold
from controller.errors import PermanentError
from controller.ledger.connect import reading
from controller.ledger.read import decoded
from controller.model.base import from_plain
from controller.model.plan import Plan
from controller.model.records import CycleRecorded

_BACKWARDS = "SELECT seq, body FROM journal WHERE kind = 'cycle' ORDER BY seq DESC"


def last_plan(path: Path) -> Plan | None:
    """The newest plan in the ledger at `path`, which may be written to meanwhile; None where no
    decision is recorded.

    Raises:
        CurtaildError: it cannot be read.
    """
    with reading(path) as connection:
        cycles = _since_keyframe(connection)
    whole: Whole | None = None
    try:
        for cycle in cycles:
            whole = unfold(whole, cycle)
        return None if whole is None else from_plain(whole.plan, Plan)
    except ValueError as problem:
        raise PermanentError(f"{path}: the last plan cannot be read: {problem}") from problem


def _since_keyframe(connection: sqlite3.Connection) -> list[CycleRecorded]:
    cycles: list[CycleRecorded] = []
    for _, record in decoded(connection.execute(_BACKWARDS)):
        assert isinstance(record, CycleRecorded)
        cycles.append(record)
        if record.keyframe:
            break
    return cycles[::-1]
