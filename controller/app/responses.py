"""How long it takes from a measured signal to the commands that it causes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from controller.model.fleet import Stage
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot
from controller.model.view import Response

MOST_WAITING = 100_000
"""Commands whose sending is waited for: more than any site has miners."""


class Responses:
    """From the moment at which a value was asked for to the moment at which a miner was told."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[str, datetime]] = {}
        """By command, the signal and when it was measured."""
        self._found: dict[str, Response] = {}

    @property
    def found(self) -> Mapping[str, Response]:
        """By signal, of those that caused commands since the process began."""
        return dict(self._found)

    def look(self, seen: Snapshot, plan: Plan) -> None:
        """Take in what was sent since the last look, and what is to be sent by this plan."""
        for outcome in seen.outcomes.values():
            cause = self._waiting.pop(outcome.command, None)
            if cause is not None and outcome.stage is Stage.SENT:
                self._add(cause[0], (outcome.at - cause[1]).total_seconds())
        causes = _causes(seen)
        for command in plan.commands if causes else ():
            if command.reason in causes and len(self._waiting) < MOST_WAITING:
                self._waiting[command.id] = causes[command.reason]

    def _add(self, signal: str, seconds: float) -> None:
        before = self._found.get(signal, Response())
        self._found[signal] = replace(
            before,
            times=before.times + 1,
            last_s=seconds,
            worst_s=max(before.worst_s, seconds),
        )


def _causes(seen: Snapshot) -> dict[str, tuple[str, datetime]]:
    """By reason of a rule, its signal and when that was measured; of several rules the first."""
    found: dict[str, tuple[str, datetime]] = {}
    for _, rule in sorted(seen.site.rules.items()):
        heard = seen.signals.get(rule.signal)
        if isinstance(heard, Fresh):
            found.setdefault(rule.reason, (rule.signal, heard.at))
    return found
