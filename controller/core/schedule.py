"""When a decision has to be asked again at the latest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from controller.core.income import expected_losses
from controller.core.limits import meter_silent_at
from controller.core.obedience import IN_FLIGHT
from controller.core.pacing import Credit
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State

LATEST = timedelta(minutes=1)


def next_look(seen: Snapshot, after: State, waiting_w: int, allowance: Credit) -> datetime:
    """The first moment after now at which something known may change the plan.

    `waiting_w` is the power of the smallest start that waits for the restore allowance, or 0.
    """
    moments = [*_known(seen, after), *_timers(seen, after)]
    if waiting_w:
        seconds = allowance.ready_at(waiting_w, seen.site.pacing)
        moments.append(seen.now + timedelta(seconds=max(1.0, seconds)))
    latest = seen.now + LATEST
    return min((at for at in moments if seen.now < at < latest), default=latest)


def _known(seen: Snapshot, after: State) -> Iterator[datetime]:
    for dispatch in seen.dispatches.values():
        yield dispatch.start
        if dispatch.end is not None:
            yield dispatch.end
    for order in seen.orders.values():
        yield order.issued_at
        yield order.until
    yield from expected_losses(seen, after).values()
    for value in (seen.price_per_mwh, seen.hashprice_per_ph_day):
        if isinstance(value, Fresh) and value.until is not None:
            yield value.until


def _timers(seen: Snapshot, after: State) -> Iterator[datetime]:
    for motion in after.motions.values():
        if motion.stage in IN_FLIGHT:
            yield motion.deadline
        elif motion.rest_until is not None:
            yield motion.rest_until
    if after.moved_at is not None:
        yield after.moved_at + timedelta(seconds=seen.site.settle_s)
    silent_at = meter_silent_at(seen, after)
    if silent_at is not None:
        yield silent_at
