"""The modes: which one it is, and what each lets start."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from controller.core.limits.failsafe import held_by, mode, price_unknown, standstill
from controller.core.limits.silence import closed
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Mode
from controller.model.quality import Fresh, Missing, Stale
from controller.model.seen import Snapshot
from controller.model.site import MeterSilence, Site
from controller.reasons import Reason
from tests.core.bounded import NOW, after, heard, look, marks, order, rule, said, site, was_said

SAFE = MeterSilence(safe_w=5_000, after_s=30)
HOLD = {"o": order(hold=True)}
NO_PRICE: Any = {"price_per_mwh": Missing(why="none")}
OLD_HASHPRICE: Any = {"hashprice_per_ph_day": Stale(value=Decimal(50), at=NOW)}
OLD_METER: Any = {"meters_w": {SITE: Stale(value=1, at=after(-40))}}


def modes(seen: Snapshot) -> tuple[Mode, Reason | None]:
    state = heard(seen)
    shut = closed(seen, state)
    now = mode(seen, state, shut)
    return now, standstill(seen, now, shut)


def seen_with(declared: Site | None = None, **changes: Any) -> Snapshot:
    return look(declared or site(meter_silence=SAFE), **changes)


def silent_meter(**changes: Any) -> Snapshot:
    """Its last word, still called fresh, is as old as the declared time."""
    meters = {SITE: Fresh(value=1, at=after(-30))}
    return seen_with(meters_w=meters, **changes)


@pytest.mark.parametrize(
    ("seen", "name", "why"),
    [
        (seen_with(), Mode.NORMAL, None),
        (seen_with(fleet_known=False), Mode.STARTING, Reason.STARTING),
        (seen_with(**NO_PRICE), Mode.HOLDING, Reason.PRICE_UNKNOWN),
        (seen_with(**OLD_HASHPRICE), Mode.HOLDING, Reason.HASHPRICE_UNKNOWN),
        (seen_with(site(), **OLD_METER), Mode.HOLDING, Reason.METER_SILENT),
        (seen_with(**NO_PRICE, **OLD_METER), Mode.HOLDING, Reason.PRICE_UNKNOWN),
        (silent_meter(), Mode.FAILSAFE, Reason.METER_SILENT),
        (silent_meter(**NO_PRICE), Mode.FAILSAFE, Reason.METER_SILENT),
        (silent_meter(fleet_known=False), Mode.STARTING, Reason.STARTING),
        (seen_with(orders=HOLD), Mode.MANUAL, None),
        (seen_with(orders=HOLD, fleet_known=False), Mode.STARTING, Reason.STARTING),
        (silent_meter(orders=HOLD), Mode.FAILSAFE, Reason.METER_SILENT),
        (seen_with(orders=HOLD, **NO_PRICE), Mode.MANUAL, Reason.PRICE_UNKNOWN),
        (seen_with(site(), orders=HOLD, **OLD_METER), Mode.MANUAL, Reason.METER_SILENT),
    ],
)
def test_the_first_that_fits(seen: Snapshot, name: Mode, why: Reason | None) -> None:
    """A hold names the mode, and what a silence forbids stays forbidden under that name."""
    assert modes(seen) == (name, why)


@pytest.mark.parametrize("scope", [SITE, "a"])
@pytest.mark.parametrize(("seconds", "silent"), [(30, False), (60, True)])
def test_a_silent_signal_stops_the_site_only_where_it_bounds_the_site(
    scope: str, seconds: float, silent: bool
) -> None:
    declared = site(rules={"hot": rule(scope=scope, above=marks(("32", 0)))})
    seen = look(declared, {"inlet": was_said("20", NOW)}, after(seconds))
    wide = Mode.FAILSAFE if silent else Mode.HOLDING
    expected = (wide, Reason.SIGNAL_SILENT) if scope == SITE else (Mode.NORMAL, None)
    assert modes(seen) == expected


def test_a_signal_that_limits_is_normal() -> None:
    declared = site(rules={"hot": rule(scope=SITE, above=marks(("32", 0)))})
    assert modes(look(declared, {"inlet": said("40")})) == (Mode.NORMAL, None)


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (order(hold=True), True),
        (order(hold=True, until=NOW), False),
        (order(hold=True, issued_at=after(1)), False),
        (order(limit_w=1), False),
    ],
)
def test_a_hold_counts_while_its_order_is_in_force(one: ManualOrder, holds: bool) -> None:
    assert (held_by(seen_with(orders={"o": one})) == one) is holds


def test_of_two_holds_the_first_by_name_is_told() -> None:
    orders = {"p": order(id="p", hold=True), "o": order(hold=True)}
    assert held_by(seen_with(orders=orders)) == orders["o"]


def test_the_price_is_named_before_the_hashprice() -> None:
    assert price_unknown(seen_with(**NO_PRICE, **OLD_HASHPRICE)) is Reason.PRICE_UNKNOWN
