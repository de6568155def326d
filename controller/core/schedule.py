"""When a decision has to be asked again at the latest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from controller.core.economics.income import expected_losses
from controller.core.economics.tariff import next_band_change
from controller.core.limits.reserved import next_reserved
from controller.core.limits.silence import silences
from controller.core.obedience.evidence import IN_FLIGHT
from controller.core.planning.lead import told_at
from controller.core.pools import cooling
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State


def next_look(seen: Snapshot, after: State, waits: Iterable[datetime]) -> datetime:
    """The first moment after now at which something known may change the plan.

    `waits` are those at which a move may be made that waits for its turn.
    """
    moments = [*_known(seen, after), *_timers(seen, after), *waits]
    return min([_latest(seen), *(at for at in moments if at > seen.now)])


def _latest(seen: Snapshot) -> datetime:
    return seen.now + timedelta(seconds=seen.site.look_every_s)


def _known(seen: Snapshot, after: State) -> Iterator[datetime]:
    for dispatch in seen.dispatches.values():
        yield dispatch.start
        if dispatch.end is not None:
            yield dispatch.end
    for order in seen.orders.values():
        yield order.issued_at
        yield order.until
    yield from told_at(seen, after, _latest(seen))
    yield from expected_losses(seen, after).values()
    for hours_at in (next_band_change(seen), next_reserved(seen)):
        if hours_at is not None:
            yield hours_at
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
    yield from cooling.moments(seen, after)
    yield from (at for _, _, at in silences(seen, after))
