"""Opting out of a dispatch: at the penalty that was shown, written down first, and this version
only."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.dispatches.penalty import Penalty
from controller.errors import PermanentError, TemporaryError
from controller.model.grid import OptOut, Recall
from controller.model.records import DispatchOptedOut
from controller.ports import Recovered
from tests.app.office import Office
from tests.core.dispatches import NOW, SITE, by_kw, sent

COSTLY = replace(
    SITE.programs["ers"],
    may_opt_out=True,
    penalty_per_dispatch=Decimal(100),
    penalty_per_mwh=Decimal(400),
)
NORMAL = replace(COSTLY, allowed=("level",), normal_levels=("0",))
WANTED = Decimal(112)
"""100 + 400 x 0.03 MW x 1 h."""


async def office_with(**changes: object) -> Office:
    office = Office()
    programs = {**SITE.programs, "costly": COSTLY, "normal": NORMAL}
    office.desk.adopt(replace(SITE, programs=programs), list, lambda _: {})
    body = {"program": "costly", "target": by_kw(30)} | changes
    assert (await office.desk.dispatch(sent(**body), "grid")).received
    return office


async def opted_out(office: Office, accepted: Decimal = WANTED) -> OptOut | Penalty | None:
    return await office.desk.opt_out("e-1", person="Ada", why="a cheaper way", accepted=accepted)


async def test_it_is_shown_done_at_that_penalty_and_written_down() -> None:
    office = await office_with()
    shown = office.desk.penalty("e-1")
    assert shown is not None
    assert (shown.amount, shown.not_shed_w) == (WANTED, 30_000)
    assert len(office.ledger.records) == 1
    out = await opted_out(office)
    assert out == OptOut(person="Ada", why="a cheaper way", penalty=WANTED, at=NOW)
    record = office.ledger.records[-1]
    assert isinstance(record, DispatchOptedOut)
    assert record.dispatch == office.active()["e-1"]
    assert record.dispatch.opted_out == out
    assert office.woken == 2


@pytest.mark.parametrize("accepted", [Decimal("111.99"), Decimal("112.01"), Decimal(0)])
async def test_at_another_penalty_nothing_is_done_and_the_current_one_comes_back(
    accepted: Decimal,
) -> None:
    office = await office_with()
    current = await opted_out(office, accepted)
    assert isinstance(current, Penalty)
    assert current.amount == WANTED
    assert office.active()["e-1"].opted_out is None
    assert len(office.ledger.records) == 1


async def test_a_penalty_that_has_fallen_meanwhile_is_shown_anew() -> None:
    office = await office_with()
    await office.clock.advance(30 * 60)
    current = await opted_out(office)
    assert isinstance(current, Penalty)
    assert current.amount == Decimal(109)
    assert isinstance(await opted_out(office, Decimal("109.0")), OptOut)


async def test_it_survives_a_restart_and_a_repeat_and_not_a_newer_version() -> None:
    office = await office_with()
    out = await opted_out(office)
    after = Office(Recovered(dispatches=office.ledger.recover().dispatches))
    after.desk.adopt(replace(SITE, programs={"costly": COSTLY}), list, lambda _: {})
    assert after.active()["e-1"].opted_out == out
    again = await after.desk.dispatch(sent(program="costly", target=by_kw(30)), "grid")
    assert (again.repeated, again.limit_kw) == (True, None)
    assert after.active()["e-1"].opted_out == out
    newer = sent(program="costly", target=by_kw(31), version=2)
    assert (await after.desk.dispatch(newer, "grid")).limit_kw == 169
    assert after.active()["e-1"].opted_out is None


async def test_before_the_commit_it_is_obeyed() -> None:
    office = await office_with()
    office.ledger.broken = "the disk is full"
    with pytest.raises(TemporaryError, match="the disk is full"):
        await opted_out(office)
    assert office.active()["e-1"].opted_out is None


async def test_a_dispatch_that_is_not_known_has_no_penalty() -> None:
    office = await office_with()
    assert office.desk.penalty("e-9") is None
    assert await office.desk.opt_out("e-9", person="A", why="b", accepted=WANTED) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"program": "ers"}, r"ers has to be obeyed.*may_opt_out"),
        ({"cancelled": True}, "is over"),
        ({"program": "normal", "target": {"kind": "level", "level": "0"}}, "asks for nothing"),
    ],
)
async def test_what_nobody_can_opt_out_of(changes: dict[str, object], why: str) -> None:
    office = await office_with(**changes)
    with pytest.raises(PermanentError, match=why):
        office.desk.penalty("e-1")
    with pytest.raises(PermanentError, match=why):
        await opted_out(office)


async def test_nobody_opts_out_twice() -> None:
    office = await office_with()
    await opted_out(office)
    with pytest.raises(PermanentError, match="Ada opted out of version 1"):
        await opted_out(office)


async def test_an_open_dispatch_whose_whole_penalty_cannot_be_shown() -> None:
    office = await office_with(end=None)
    endless = replace(COSTLY, longest_s=None)
    office.desk.adopt(replace(SITE, programs={"costly": endless}), list, lambda _: {})
    shown = office.desk.penalty("e-1")
    assert shown is not None
    assert (shown.amount, shown.per_hour) == (None, Decimal(12))
    with pytest.raises(PermanentError, match=r"each hour costs 12\.00"):
        await opted_out(office, Decimal(0))


@pytest.mark.parametrize("empty", ["person", "why"])
async def test_who_and_why_are_named(empty: str) -> None:
    office = await office_with()
    words = {"person": "Ada", "why": "a reason", empty: " "}
    with pytest.raises(PermanentError, match=f"{empty} is empty"):
        await office.desk.opt_out("e-1", accepted=WANTED, **words)
    assert office.active()["e-1"].opted_out is None


async def test_what_was_opted_out_of_can_still_be_recalled() -> None:
    office = await office_with()
    await opted_out(office)
    await office.desk.recall("e-1", Recall(person="A", authority="b", reference="c", at=NOW))
    assert not office.active()
