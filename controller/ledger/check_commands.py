"""Whether commands reached their stages in an order that can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from controller.ledger.findings import Finding
from controller.model.fleet import Stage
from controller.model.records import CommandRecorded, Record

NEXT: dict[Stage, frozenset[Stage]] = {
    # Power can show obedience before the fleet has reported that it sent.
    Stage.INTENDED: frozenset({Stage.SENT, Stage.WITHHELD, Stage.CONFIRMED, Stage.FAILED}),
    Stage.SENT: frozenset({Stage.CONFIRMED, Stage.FAILED}),
    Stage.WITHHELD: frozenset({Stage.CONFIRMED, Stage.FAILED}),
    # A miner that was given up can still come to obey.
    Stage.FAILED: frozenset({Stage.CONFIRMED}),
    Stage.CONFIRMED: frozenset(),
}
FIRST = frozenset({Stage.INTENDED, Stage.WITHHELD})


class CommandsCheck:
    """A command is known by its id and time: an id can come back after rows were lost."""

    def __init__(self) -> None:
        self._stages: dict[tuple[str, datetime], Stage] = {}

    def see(self, seq: int, record: Record) -> Iterator[Finding]:
        if not isinstance(record, CommandRecorded):
            return
        command, stage = record.event.command, record.event.stage
        if record.late and stage is Stage.INTENDED and (command.id, command.at) in self._stages:
            return  # said again, to mark an intent that was sent before it was on disk
        before = self._stages.get((command.id, command.at))
        self._stages[command.id, command.at] = stage
        if before is None and stage not in FIRST:
            yield Finding(seq, f"command {command.id} is {stage}, its intent is missing", gap=True)
        elif before is not None and stage not in NEXT[before]:
            yield Finding(seq, f"command {command.id} is {stage} after it was {before}")

    def finish(self) -> Iterator[Finding]:
        """A command may be under way when the ledger ends: nothing to find."""
        yield from ()
