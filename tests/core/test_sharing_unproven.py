"""Who only says that it is off, beside others under a limit: wished while it would go on running,
and told last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.planning.lasting import lasting
from controller.core.planning.promises import Promise
from controller.core.planning.sharing import share
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation
from controller.reasons import Reason
from tests.core.optimum import Hall, Problem
from tests.core.test_planning import situation

STANDBY_W, STEP_W, SPARE_W = 25, 1_000, 500


def unproven(one: Wish, wanted: tuple[int, ...] = (1, 0, 0)) -> Wish:
    """Its one miner says that it is off, and counts with the first level."""
    off_w, *units_w = one.pool.units_w
    counts = one.pool.counts._replace(seen=(1, 1, 0, 0))
    pool = with_(one.pool, unproven=True, units_w=(off_w + STEP_W, *units_w), counts=counts)
    return with_(one, pool=pool, wanted=wanted)


def going_down(one: Wish) -> Wish:
    """Of its two miners one still runs and is told to stop, the other may start."""
    counts = one.pool.counts._replace(
        free=(1, 0, 0, 0), pinned=(1, 0, 0, 0), standing=(2, 0, 0, 0), seen=(2, 1, 0, 0)
    )
    return with_(one, pool=with_(one.pool, counts=counts), wanted=(1, 0, 0))


def hall(level: int, *, adder: int, miners: int = 1) -> Hall:
    return Hall("long", miners, level, adder=Decimal(adder))


def room_for(steps: int, *halls: Hall, margin: int = 0) -> tuple[Situation, list[Wish]]:
    """And for half a step more."""
    standby_w = sum(one.miners for one in halls) * STANDBY_W
    now, wishes = situation(Problem(halls, standby_w + steps * STEP_W + SPARE_W))
    economics = replace(now.seen.site.economics, start_margin_per_mwh=Decimal(margin))
    site = replace(now.seen.site, economics=economics)
    return with_(now, seen=replace(now.seen, site=site)), wishes


def granted(
    wishes: Sequence[Wish], now: Situation, promises: Sequence[Promise] = ()
) -> list[tuple[int, ...]]:
    return [one.granted for one in share(lasting(wishes, now), promises, now)]


@pytest.mark.parametrize(("adder", "starts"), [(10, False), (-10, True)])
def test_it_starts_only_where_better_ones_would_leave_it_its_room(
    adder: int, *, starts: bool
) -> None:
    """There is room for two of three, and it has its own: one other goes on. Were it known to run,
    both others would go before it where they earn more, though one of them has to start."""
    halls = hall(0, adder=adder), hall(1, adder=0), hall(0, adder=0)
    now, (doubted, running, other) = room_for(2, *halls)
    others = [with_(one, wanted=(1, 0, 0)) for one in (running, other)]
    found = granted([unproven(doubted), *others], now)
    assert found == [(int(starts), 0, 0), (1, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize(("margin", "starts"), [(0, False), (9, False), (11, True)])
def test_it_goes_on_running_where_others_would_have_to_start(margin: int, *, starts: bool) -> None:
    """There is room for one. The other earns 10 $/MWh more, but of those only one that is to stop
    runs still."""
    now, (doubted, other) = room_for(
        1, hall(0, adder=10), hall(1, adder=0, miners=2), margin=margin
    )
    assert granted([unproven(doubted), going_down(other)], now) == [
        (int(starts), 0, 0),
        (0, 0, 0),
    ]


def test_a_floor_that_it_would_make_up_starts_nothing_before_others() -> None:
    """Both steps are promised of it, and one more has room beside what it counts with."""
    now, (doubted, other) = room_for(2, hall(0, adder=0), hall(0, adder=0))
    promises = [Promise(0, rung, 1, Reason.COMMITMENT, "client") for rung in (1, 2)]
    wishes = [unproven(doubted, (1, 1, 0)), with_(other, wanted=(1, 0, 0))]
    assert granted(wishes, now, promises) == [(1, 0, 0), (1, 0, 0)]
