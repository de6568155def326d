"""Dispatches as they are followed: from views to what is said of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from controller.model.grid import SITE, Dispatch
from controller.model.quality import Fresh
from controller.model.view import View
from controller.surfaces.mqtt.messages import DispatchProgress, Ending, Phase
from controller.surfaces.present import grid, miners

MOST_SHOWN = 100
"""Dispatches that progress is told of, those that start first; the ledger has all."""
FORGOTTEN_AFTER = timedelta(hours=1)
"""How long the last word on a dispatch that is over is kept."""


class Progress:
    """Remembers since when each limit is kept, and what was told of, to say that it ended."""

    def __init__(self) -> None:
        self._told: dict[str, Dispatch] = {}
        self._reached: dict[str, datetime] = {}
        self._finals: dict[str, DispatchProgress] = {}

    def look(self, view: View) -> list[DispatchProgress]:
        """Of each dispatch in force or to come, and the last word on those just over."""
        seen = view.seen
        known = [one for one in seen.dispatches.values() if not one.over(seen.now)]
        shown = sorted(known, key=lambda one: (one.start, one.id))[:MOST_SHOWN]
        active = {one.id for one in known}
        self._finals |= {one.id: one for one in self._over(view, active)}
        self._finals = {
            name: one
            for name, one in list(self._finals.items())[-MOST_SHOWN:]
            if name not in active and view.seen.now - one.at < FORGOTTEN_AFTER
        }
        self._told = {one.id: one for one in shown}
        return [*self._finals.values(), *(self._now(one, view) for one in shown)]

    def _now(self, one: Dispatch, view: View) -> DispatchProgress:
        said = grid.dispatch(one, view.seen).model_dump()
        if one.opted_out is not None or one.start > view.seen.now:
            self._reached.pop(one.id, None)
            phase = Phase.TO_COME if one.opted_out is None else Phase.OPTED_OUT
            return DispatchProgress(**said, at=view.seen.now, phase=phase)
        self._judge(one, view)
        return DispatchProgress(
            **said,
            at=view.seen.now,
            phase=Phase.IN_FORCE,
            power_kw=miners.power(view.seen, SITE),
            reached_since=self._reached.get(one.id),
        )

    def _judge(self, one: Dispatch, view: View) -> None:
        """Whether its limit is kept, or what it comes to together with others. A meter that is not
        fresh proves nothing, and disproves nothing."""
        meter = view.seen.meters_w.get(SITE)
        if not isinstance(meter, Fresh):
            return
        together = (each.limit_w for each in view.plan.limits if each.dispatch == one.id)
        if meter.value > next(together, one.limit_w):
            self._reached.pop(one.id, None)
        elif one.id not in self._reached and meter.at >= one.start:
            self._reached[one.id] = meter.at

    def _over(self, view: View, active: set[str]) -> Iterator[DispatchProgress]:
        for name, last in self._told.items():
            if name in active:
                continue
            one = view.recalled.get(name, last)
            ran_out = last.end is not None and last.end <= view.seen.now
            said = grid.dispatch(one, view.seen).model_dump() | {"in_force": False}
            yield DispatchProgress(
                **said,
                at=view.seen.now,
                phase=Phase.OVER,
                ended=Ending.ENDED if ran_out and one.recall is None else Ending.CANCELLED,
                reached_since=self._reached.pop(name, None),
            )
