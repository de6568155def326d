"""Where nothing may start because a source is silent, and from when its safe power holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from controller.core.limits.silence import (
    closed,
    closed_to,
    meter_silent_at,
    safe_power_holds,
    silences,
)
from controller.core.schedule import next_look
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.rules import Neighbour
from controller.model.seen import State
from controller.model.site import Breaker, MeterSilence
from controller.reasons import Reason
from tests.core.bounded import NEVER, NOW, after, heard, look, marks, rule, said, site, was_said

HALL = Neighbour(firm_w=40_000, meter="hall", silent_after_s=30)
SAFE = MeterSilence(safe_w=5_000, after_s=30)


@pytest.mark.parametrize("scope", [SITE, "b1", "a"])
@pytest.mark.parametrize("word", [was_said("20", NOW), NEVER, None])
def test_a_signal_that_is_not_fresh_closes_its_scope_and_no_other(
    scope: str, word: Observed[Decimal] | None
) -> None:
    declared = site(rules={"hot": rule(scope=scope, above=marks(("32", 0)))})
    seen = look(declared, {} if word is None else {"inlet": word})
    assert closed(seen, heard(seen)) == {scope: Reason.SIGNAL_SILENT}


def test_a_fresh_signal_closes_nothing() -> None:
    declared = site(rules={"hot": rule(above=marks(("32", 0)))})
    seen = look(declared, {"inlet": said("40")})
    assert closed(seen, heard(seen)) == {}


@pytest.mark.parametrize(("seconds", "shut"), [(59, {}), (60, {"a": Reason.SIGNAL_SILENT})])
def test_what_was_heard_too_long_ago_is_silent_however_fresh_it_is_called(
    seconds: float, shut: dict[str, Reason]
) -> None:
    declared = site(rules={"hot": rule(above=marks(("32", 0)))})
    seen = look(declared, {"inlet": said("20")}, after(seconds))
    assert closed(seen, heard(seen)) == shut


@pytest.mark.parametrize("meter", [Stale(value=1, at=NOW), NEVER])
def test_the_meter_of_a_neighbour_closes_the_site(meter: Observed[int]) -> None:
    declared = site(neighbours={"hall": HALL, "lab": Neighbour(firm_w=1)})
    seen = look(declared, meters_w={SITE: Fresh(value=0, at=NOW), "hall": meter})
    assert closed(seen, heard(seen)) == {SITE: Reason.SIGNAL_SILENT}


def test_a_neighbour_that_speaks_and_one_without_a_meter_close_nothing() -> None:
    declared = site(neighbours={"hall": HALL, "lab": Neighbour(firm_w=1)})
    meters = {SITE: Fresh(value=0, at=NOW), "hall": Fresh(value=1, at=NOW)}
    seen = look(declared, meters_w=meters)
    assert closed(seen, heard(seen)) == {}


@pytest.mark.parametrize(
    ("meter", "silence", "shut"),
    [
        (Stale(value=1, at=NOW), None, True),
        (Stale(value=1, at=NOW), SAFE, True),
        (Missing(why="never"), SAFE, True),
        (Missing(why="never"), None, False),
        (Fresh(value=1, at=NOW), SAFE, False),
        (Fresh(value=1, at=after(-29)), SAFE, False),
        (Fresh(value=1, at=after(-30)), SAFE, True),
    ],
)
def test_the_sites_meter(meter: Observed[int], silence: MeterSilence | None, shut: bool) -> None:
    seen = look(site(meter_silence=silence), meters_w={SITE: meter})
    assert closed(seen, heard(seen)) == ({SITE: Reason.METER_SILENT} if shut else {})


@pytest.mark.parametrize("scope", ["a", "b1"])
def test_the_meter_of_a_group_or_breaker_closes_what_it_meters(scope: str) -> None:
    meters = {SITE: Fresh(value=0, at=NOW), scope: Stale(value=1, at=NOW)}
    seen = look(site(breakers={"b1": Breaker()}), meters_w=meters)
    assert closed(seen, heard(seen)) == {scope: Reason.METER_SILENT}


@pytest.mark.parametrize("scope", ["a", "b1"])
def test_one_that_speaks_closes_nothing(scope: str) -> None:
    meters = {SITE: Fresh(value=0, at=NOW), scope: Fresh(value=1, at=NOW)}
    seen = look(site(breakers={"b1": Breaker()}), meters_w=meters)
    assert closed(seen, heard(seen)) == {}


@pytest.mark.parametrize(
    ("where", "group", "why"),
    [
        ({SITE: Reason.METER_SILENT, "a": Reason.SIGNAL_SILENT}, "a", Reason.METER_SILENT),
        ({"b1": Reason.SIGNAL_SILENT}, "a", Reason.SIGNAL_SILENT),
        ({"a": Reason.SIGNAL_SILENT}, "a", Reason.SIGNAL_SILENT),
        ({"b1": Reason.SIGNAL_SILENT, "a": Reason.SIGNAL_SILENT}, "b", None),
        ({}, "a", None),
    ],
)
def test_a_group_is_closed_with_every_scope_it_lies_in(
    where: dict[str, Reason], group: str, why: Reason | None
) -> None:
    declared = site(breakers={"b1": Breaker()})
    assert closed_to(declared, group, where) is why


def test_every_silence_has_its_moment() -> None:
    declared = site(
        meter_silence=SAFE,
        rules={"hot": rule(above=marks(("32", 0)))},
        neighbours={"hall": HALL, "lab": Neighbour(firm_w=1)},
    )
    seen = look(declared, {"inlet": said("20", after(-10))})
    assert list(silences(seen, heard(seen))) == [
        (SITE, Reason.METER_SILENT, after(30)),
        ("a", Reason.SIGNAL_SILENT, after(50)),
        (SITE, Reason.SIGNAL_SILENT, after(30)),
    ]


def test_a_meter_is_silent_from_its_last_word_on() -> None:
    declared = site(meter_silence=SAFE)
    state = heard(look(declared, meters_w={SITE: Fresh(value=1, at=after(-5))}))
    assert meter_silent_at(look(declared), state) == after(25)
    assert meter_silent_at(look(site()), state) is None
    assert meter_silent_at(look(declared), State()) is None


def test_a_meter_never_heard_counts_from_the_first_look_on() -> None:
    declared = site(meter_silence=SAFE)
    state = heard(look(declared, meters_w={}))
    assert state.meter_heard_at == NOW
    assert heard(look(declared, now=after(20), meters_w={}), state).meter_heard_at == NOW


@pytest.mark.parametrize(("seconds", "holds"), [(59, False), (60, True)])
@pytest.mark.parametrize("scope", [SITE, "a"])
def test_safe_power_holds_on_the_site_only_for_what_bounds_the_site(
    scope: str, seconds: float, holds: bool
) -> None:
    declared = site(rules={"hot": rule(scope=scope, above=marks(("32", 0)))})
    seen = look(declared, {"inlet": said("20")}, after(seconds))
    assert safe_power_holds(seen, heard(seen)) is (holds and scope == SITE)


def test_the_decision_is_asked_again_when_a_signal_counts_as_silent() -> None:
    declared = site(rules={"hot": rule(above=marks(("32", 0)), silent_after_s=40)})
    seen = look(declared, {"inlet": said("20")})
    assert next_look(seen, heard(seen), ()) == after(40) < after(60)
