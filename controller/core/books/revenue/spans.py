"""Our meter beside the revenue meter, span by span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import lcm
from typing import NamedTuple

from controller.core.books.intervals import start_of
from controller.core.books.revenue.rules import RevenueRules
from controller.core.books.revenue.sides import Energy, Side, summed
from controller.model.revenue_meter import Comparison


class Span(NamedTuple):
    """As long as the longer interval of the two; None where a side does not cover all of it."""

    start: datetime
    end: datetime
    live: Energy | None
    billed: Energy | None

    @property
    def difference_wh(self) -> Decimal | None:
        """Ours less theirs."""
        if self.live is None or self.billed is None:
            return None
        return self.live.wh - self.billed.wh


def spans(live: Side, billed: Side, rules: RevenueRules) -> tuple[Span, ...]:
    """By start, from the first that either side knows something of."""
    width = lcm(rules.minutes, rules.interval_minutes)
    phase = _phase(billed, rules.minutes)
    starts = {start_of(at - phase, width) + phase for at in (*live, *billed)}
    return tuple(
        Span(
            start=start,
            end=start + timedelta(minutes=width),
            live=summed(live, start, minutes=width, step=rules.interval_minutes),
            billed=summed(billed, start, minutes=width, step=rules.minutes),
        )
        for start in sorted(starts)
    )


def _phase(billed: Iterable[datetime], minutes: int) -> timedelta:
    """How far their intervals begin after UTC's: the hours of India begin on the half."""
    first = next(iter(billed), datetime.min.replace(tzinfo=UTC))
    return first - start_of(first, minutes)


def is_apart(span: Span, rules: RevenueRules) -> bool:
    """Whether both sides are known and differ by more than the tolerance."""
    difference_wh = span.difference_wh
    if difference_wh is None or span.billed is None:
        return False
    return abs(difference_wh) > max(rules.tolerance_wh, span.billed.wh * rules.tolerance)


def comparison(every: Iterable[Span], rules: RevenueRules) -> Comparison:
    """What spans come to together; energies only of those that both sides know."""
    every = tuple(every)
    known = [(one, difference) for one in every if (difference := one.difference_wh) is not None]
    worst_at, worst_wh = max(
        ((one.start, difference) for one, difference in known),
        key=lambda each: abs(each[1]),
        default=(None, Decimal(0)),
    )
    return Comparison(
        start=min((one.start for one in every), default=None),
        end=max((one.end for one in every), default=None),
        spans=len(known),
        live_wh=sum((one.live.wh for one, _ in known if one.live), Decimal(0)),
        billed_wh=sum((one.billed.wh for one, _ in known if one.billed), Decimal(0)),
        apart=sum(is_apart(one, rules) for one in every),
        missing_live=sum(one.live is None and one.billed is not None for one in every),
        missing_billed=sum(one.billed is None and one.live is not None for one in every),
        worst_at=worst_at,
        worst_wh=worst_wh,
    )
