"""A meter that did not show what miners did is believed nowhere, until it moves."""

from __future__ import annotations

import pytest

from controller.model.grid import SITE
from controller.model.plan import Mode
from controller.model.quality import Fresh, Observed, Stale
from tests.app.loop import DEAR, Loop


async def stopped() -> Loop:
    """A price stopped all three miners; the meter, which never showed the same twice, goes on
    showing 9 kW."""
    loop = Loop()
    loop.hashprice()
    for meter_w in range(8_991, 9_000):
        await looked(loop, meter_w)
    loop.price(DEAR)
    await looked(loop, 9_000, times=2)
    return loop


async def looked(loop: Loop, meter_w: int, times: int = 1) -> None:
    for _ in range(times):
        await loop.clock.advance(6)
        loop.meter(meter_w)
        await loop.control.cycle()


def shown(loop: Loop) -> tuple[Mode, Observed[int], Observed[int]]:
    """The mode, the meter that surfaces see, and what a dispatch would be measured from."""
    view = loop.control.view()
    assert view is not None
    return view.plan.mode, view.seen.meters_w[SITE], loop.board.power(SITE, loop.clock.now())


async def test_surfaces_and_dispatches_see_a_frozen_meter_as_stale() -> None:
    loop = await stopped()
    await looked(loop, 9_000)
    mode, seen, dispatched = shown(loop)
    assert (mode, type(seen), type(dispatched)) == (Mode.NORMAL, Fresh, Fresh)
    await looked(loop, 9_000)
    mode, seen, dispatched = shown(loop)
    assert (mode, type(seen), type(dispatched)) == (Mode.HOLDING, Stale, Stale)


async def test_and_as_fresh_as_soon_as_it_moves() -> None:
    loop = await stopped()
    await looked(loop, 9_000, times=4)
    await looked(loop, 75)
    mode, seen, dispatched = shown(loop)
    assert mode is Mode.NORMAL
    assert seen == dispatched == Fresh(value=75, at=loop.clock.now())


@pytest.mark.parametrize("frozen", [True, False])
async def test_an_interval_is_estimated_by_what_is_believed(frozen: bool) -> None:
    """Ten minutes at 9 kW by a meter that stands still, at 75 W by one that moves."""
    loop = await stopped()
    await looked(loop, 9_000 if frozen else 75, times=100)
    view = loop.control.view()
    assert view is not None
    interval = view.interval
    assert interval is not None
    assert interval.energy_wh is None, "paid energy is metered, never modelled"
    assert interval.energy_estimated_wh is not None
    assert interval.energy_estimated_wh < 300
