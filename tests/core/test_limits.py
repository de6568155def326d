"""Every limit in force, with source, reason and end, in the order of their rank."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.limits.in_force import hard, limits, lowest, usable_w
from controller.model.grid import SITE, Dispatch, Limit, ReduceTo
from controller.model.quality import Fresh
from controller.model.rules import Engine, Neighbour
from controller.model.site import Breaker, Group, MeterSilence, Program
from controller.reasons import Reason
from tests.core.bounded import NOW, after, heard, look, marks, order, rule, said, site

DISPATCH = Dispatch(
    id="ers-1",
    version=1,
    program="ers",
    authority="grid",
    issued_at=NOW,
    received_at=NOW,
    start=NOW,
    end=after(600),
    target=ReduceTo(kw=Decimal(30)),
    limit_w=30_000,
)
EVERYTHING = site(
    groups={"a": Group(limit_w=70_000, breaker="b1"), "b": Group()},
    breakers={"b1": Breaker(limit_w=80_000), "b2": Breaker()},
    neighbours={"hall": Neighbour(firm_w=10_000)},
    engine=Engine(most_w=95_000),
    meter_silence=MeterSilence(safe_w=5_000, after_s=30),
    rules={"hot": rule(above=marks(("32", 60_000)))},
    programs={
        "ers": Program(authority="grid", allowed=()),
        "red": Program(authority="grid", allowed=(), emergency=True),
    },
)


def test_all_of_them_safety_first() -> None:
    seen = look(
        EVERYTHING,
        {"inlet": said("33")},
        meters_w={SITE: Fresh(value=0, at=after(-30))},
        dispatches={
            "ers-1": DISPATCH,
            "red-1": replace(DISPATCH, id="red-1", program="red", limit_w=20_000),
        },
        orders={
            "cap": order(id="cap", scope="b", limit_w=9_000),
            "fire": order(id="fire", limit_w=2_000, emergency=True),
        },
    )
    told = [(f"{x.scope}: {x.source}", x.reason, x.limit_w) for x in limits(seen, heard(seen))]
    assert told == [
        ("site: import limit", Reason.IMPORT_LIMIT, 100_000),
        ("site: hall", Reason.NEIGHBOUR, 85_000),
        ("site: generators", Reason.ENGINE, 95_000),
        ("site: silent site meter", Reason.METER_SILENT, 5_000),
        ("b1: breaker", Reason.BREAKER_LIMIT, 80_000),
        ("a: feeder", Reason.GROUP_LIMIT, 70_000),
        ("a: hot", Reason.TEMPERATURE, 60_000),
        ("site: red-1", Reason.EMERGENCY, 20_000),
        ("site: fire by Ada", Reason.EMERGENCY, 2_000),
        ("site: ers-1", Reason.DISPATCH, 30_000),
        ("b: cap by Ada", Reason.MANUAL_ORDER, 9_000),
    ]


def test_those_of_a_kind_come_by_name_however_they_are_declared() -> None:
    declared = site(
        groups={name: Group(limit_w=9_000, breaker=f"{name}1") for name in ("b", "a")},
        breakers={name: Breaker(limit_w=9_000) for name in ("b1", "a1")},
    )
    seen = look(declared)
    assert [one.scope for one in limits(seen, heard(seen))] == [SITE, "a1", "b1", "a", "b"]


def test_of_equal_rules_or_orders_the_first_by_name_is_the_cause() -> None:
    """However they are declared: a replay of the ledger finds the same one."""
    hot = rule(above=marks(("32", 60_000)))
    orders = {name: order(id=name, scope="b", limit_w=9_000) for name in ("late", "early")}
    seen = look(site(rules={"roof": hot, "aisle": hot}), {"inlet": said("33")}, orders=orders)
    found = limits(seen, heard(seen))
    causes = [lowest(found).get(scope) for scope in ("a", "b")]
    assert [one.source for one in causes if one is not None] == ["aisle", "early by Ada"]


def test_a_plain_site_has_its_import_limit_only() -> None:
    seen = look(site())
    assert [one.source for one in limits(seen, heard(seen))] == ["import limit"]


def test_what_ends_says_when() -> None:
    seen = look(site(), dispatches={"ers-1": DISPATCH}, orders={"o": order(limit_w=1)})
    ends = {one.source: one.until for one in limits(seen, heard(seen))}
    assert ends == {"import limit": None, "ers-1": after(600), "o by Ada": after(600)}


@pytest.mark.parametrize(
    "one",
    [
        order(limit_w=1, until=NOW),
        order(limit_w=1, issued_at=after(1)),
        order(hold=True),
        order(level="off"),
        order(floor_w=1),
    ],
)
def test_only_limits_in_force_limit(one: object) -> None:
    seen = look(site(), orders={"o": one})
    assert len(limits(seen, heard(seen))) == 1


@pytest.mark.parametrize(("seconds", "count"), [(29, 1), (30, 2)])
def test_the_safe_power_of_a_silent_meter(seconds: float, count: int) -> None:
    declared = site(meter_silence=MeterSilence(safe_w=5_000, after_s=30))
    state = heard(look(declared))
    seen = look(declared, now=after(seconds), meters_w={})
    assert len(limits(seen, heard(seen, state))) == count


def limit(scope: str, watts: int, source: str = "") -> Limit:
    return Limit(scope=scope, limit_w=watts, source=source, reason=Reason.DISPATCH)


def test_the_lowest_counts_and_of_equals_the_first() -> None:
    found = [limit(SITE, 5, "x"), limit("a", 1), limit(SITE, 4, "y"), limit(SITE, 4, "z")]
    assert lowest(found) == {SITE: found[2], "a": found[1]}


def test_what_is_weighed_against_money_does_not_always_hold() -> None:
    weighed = replace(limit(SITE, 3), surcharge_per_mwh=Decimal(100))
    assert hard([weighed, limit(SITE, 5)]) == [limit(SITE, 5)]


@pytest.mark.parametrize(
    ("headroom", "left"), [("0", 1_001), ("0.02", 980), ("0.25", 750), ("0.001", 999)]
)
def test_headroom_is_taken_off_and_rounded_down(headroom: str, left: int) -> None:
    assert usable_w(limit(SITE, 1_001 if headroom == "0" else 1_000), Decimal(headroom)) == left
