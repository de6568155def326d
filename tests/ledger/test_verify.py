"""What verification finds in records that contradict each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.errors import PermanentError
from controller.ledger.findings import VerifyReport
from controller.ledger.verify import verify
from controller.model.books import CurtailedEnergy
from controller.model.fleet import Stage
from controller.model.records import DispatchOptedOut, DispatchRecalled, Record
from controller.reasons import Reason
from tests.ledger.conftest import Write
from tests.ledger.records import (
    at,
    command,
    cycles,
    dispatch,
    dispatched,
    interval,
    lock,
    opted_out,
    order,
    price,
    recalled,
    run,
    seen_dispatch,
)


def only(report: VerifyReport, seq: int, reason: str, *, gap: bool = False) -> None:
    """That is the one thing it found."""
    assert [(each.seq, each.gap) for each in report.findings] == [(seq, gap)], report
    assert reason in report.findings[0].reason
    assert report.ok is gap


async def test_a_sound_ledger_has_no_findings(write: Write) -> None:
    day: list[Record] = [
        run(),
        price(0),
        price(1, "NaN", refused="not a number"),
        dispatched(2, dispatch()),
        dispatched(3, None, "late"),
        order(4, "o-1"),
        lock(5, "a"),
        seen_dispatch(dispatch(), 6),
        command(7, Stage.INTENDED),
        command(8, Stage.SENT),
        command(9, Stage.CONFIRMED),
        *(interval(quarter) for quarter in range(3)),
        interval(1, 2, energy_wh=Decimal(1_000_000), energy_cost=Decimal("48.12")),
        run(5000),
        *cycles(300, start_s=5000),
    ]
    report = verify(await write(day))
    assert report.findings == ()
    assert report.rows == report.last_seq == len(day)
    assert report.ok


@pytest.mark.parametrize(
    ("stages", "reason"),
    [
        ([Stage.INTENDED, Stage.CONFIRMED, Stage.SENT], "command c-1 is sent after it was confirm"),
        ([Stage.INTENDED, Stage.INTENDED], "is intended after it was intended"),
        ([Stage.WITHHELD, Stage.SENT], "is sent after it was withheld"),
        ([Stage.INTENDED, Stage.FAILED, Stage.SENT], "is sent after it was failed"),
    ],
)
async def test_stages_out_of_order(write: Write, stages: list[Stage], reason: str) -> None:
    rows = [command(second, stage) for second, stage in enumerate(stages)]
    only(verify(await write(rows)), len(rows), reason)


@pytest.mark.parametrize(
    "stages",
    [
        [Stage.INTENDED, Stage.CONFIRMED],
        [Stage.INTENDED, Stage.SENT, Stage.FAILED, Stage.CONFIRMED],
        [Stage.INTENDED, Stage.WITHHELD],
        [Stage.WITHHELD],
        [Stage.INTENDED],
    ],
)
async def test_stages_in_order(write: Write, stages: list[Stage]) -> None:
    report = verify(await write(command(n, stage) for n, stage in enumerate(stages)))
    assert report.findings == ()


async def test_an_intent_that_is_missing_is_a_gap(write: Write) -> None:
    only(verify(await write([command(0, Stage.SENT)])), 1, "its intent is missing", gap=True)


async def test_an_intent_said_again_as_late_is_in_order(write: Write) -> None:
    intent = command(0, Stage.INTENDED)
    rows = [intent, replace(intent, late=True), command(1, Stage.SENT)]
    assert verify(await write(rows)).findings == ()


async def test_an_id_that_came_back_is_another_command(write: Write) -> None:
    rows = [
        command(0, Stage.INTENDED),
        command(1, Stage.CONFIRMED),
        command(60, Stage.INTENDED, ordered=60),
    ]
    assert verify(await write(rows)).findings == ()


async def test_a_dispatch_in_force_that_nobody_recorded(write: Write) -> None:
    rows: list[Record] = [run(), seen_dispatch(dispatch(), 5), dispatched(6, dispatch())]
    only(verify(await write(rows)), 2, "dispatch d-1 was in force as no row before records it")


async def test_a_dispatch_in_force_as_another_than_recorded(write: Write) -> None:
    lax = replace(dispatch(), limit_w=90_000)
    rows: list[Record] = [dispatched(1, dispatch()), seen_dispatch(lax, 5)]
    only(verify(await write(rows)), 2, "dispatch d-1 was in force")


async def test_a_recall_of_what_was_accepted_is_sound(write: Write) -> None:
    sound: list[Record] = [
        dispatched(1, dispatch()),
        seen_dispatch(dispatch(), 2),
        recalled(3, dispatch()),
    ]
    assert verify(await write(sound)).findings == ()


async def test_a_recall_of_what_nobody_recorded(write: Write) -> None:
    path = await write([dispatched(1, dispatch()), recalled(2, dispatch(2))])
    only(verify(path), 2, "dispatch d-1, version 2 is recalled, and no row before records it")


async def test_a_recall_without_a_person(write: Write) -> None:
    nobody = DispatchRecalled(at=at(2), dispatch=dispatch(cancelled=True))
    only(verify(await write([dispatched(1, dispatch()), nobody])), 2, "recalled by nobody")


async def test_a_recalled_dispatch_in_force(write: Write) -> None:
    ended = recalled(2, dispatch())
    path = await write([dispatched(1, dispatch()), ended, seen_dispatch(ended.dispatch, 3)])
    only(verify(path), 3, "in force as no row before records it")


async def test_an_opt_out_of_what_was_accepted_is_sound(write: Write) -> None:
    out = opted_out(3, dispatch())
    before, after = seen_dispatch(dispatch(), 4), seen_dispatch(out.dispatch, 5)
    path = await write([dispatched(1, dispatch()), out, before, after])
    assert verify(path).findings == ()


async def test_an_opt_out_of_what_nobody_recorded(write: Write) -> None:
    path = await write([dispatched(1, dispatch()), opted_out(2, dispatch(2))])
    only(verify(path), 2, "dispatch d-1, version 2 was opted out of, and no row before records it")


async def test_an_opt_out_without_a_person(write: Write) -> None:
    nobody = DispatchOptedOut(at=at(2), dispatch=dispatch())
    only(verify(await write([dispatched(1, dispatch()), nobody])), 2, "nobody opted out")


async def test_an_opt_out_that_no_row_records(write: Write) -> None:
    out = opted_out(2, dispatch())
    path = await write([dispatched(1, dispatch()), seen_dispatch(out.dispatch, 3)])
    only(verify(path), 2, "in force as no row before records it")


async def test_a_refused_dispatch_in_force(write: Write) -> None:
    rows: list[Record] = [dispatched(1, dispatch(), "late"), seen_dispatch(dispatch(), 5)]
    only(verify(await write(rows)), 2, "dispatch d-1 was in force")


async def test_a_patch_without_its_keyframe(write: Write) -> None:
    rows: list[Record] = [run(), *list(cycles(2))[1:]]
    only(verify(await write(rows)), 2, "cannot be put together")


async def test_a_chain_does_not_reach_into_the_next_run(write: Write) -> None:
    first, second = cycles(2)
    only(verify(await write([run(), first, run(), second])), 4, "cannot be put together")


async def test_a_cycle_that_is_no_plan(write: Write) -> None:
    first, second = cycles(2)
    bent = replace(second, plan={"target_w": "much"})
    report = verify(await write([first, bent]))
    only(report, 2, "cannot be put together: Expected `int`, got `str` - at `$.target_w`")


async def test_a_cycle_of_another_time(write: Write) -> None:
    (cycle,) = cycles(1)
    only(verify(await write([replace(cycle, at=at(77))])), 1, "not of the time that the row says")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"energy_cost": Decimal("0.594076")}, "its cost of energy is 0.594076"),
        ({"energy_cost": Decimal("0.60"), "energy_wh": Decimal(10_000)}, "come to 0.4812"),
        ({"price_per_mwh": None}, "but not the energy or the price"),
        ({"energy_wh": None}, "but not the energy or the price"),
        ({"energy_cost": Decimal("NaN")}, "not made of numbers"),
        ({"end": at(0)}, "does not end after it starts"),
        (
            {
                "curtailed": {
                    Reason.DISPATCH: CurtailedEnergy(
                        energy_wh=Decimal(-1), avoided_cost=Decimal(0), foregone_revenue=Decimal(0)
                    )
                }
            },
            "energy curtailed for dispatch is -1 Wh",
        ),
    ],
)
async def test_money_that_cannot_be_restated(
    write: Write, changes: dict[str, Any], reason: str
) -> None:
    only(verify(await write([interval(0, **changes)])), 1, reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"energy_cost": Decimal("0.59")},
        {"energy_cost": Decimal("0.594074")},
        {"energy_wh": None, "energy_estimated_wh": Decimal("12345.678")},
        {"energy_wh": None, "energy_cost": None},
        {"price_per_mwh": Decimal(-20), "energy_cost": Decimal("-0.24691356")},
    ],
)
async def test_money_that_can_be_restated(write: Write, changes: dict[str, Any]) -> None:
    assert verify(await write([interval(0, **changes)])).findings == ()


async def test_a_version_of_an_interval_that_comes_twice_or_too_early(write: Write) -> None:
    only(verify(await write([interval(0), interval(0)])), 2, "version 1 where 2 comes next")


async def test_intervals_that_overlap(write: Write) -> None:
    rows = [interval(0), interval(1, start=at(600))]
    only(verify(await write(rows)), 2, "overlaps the one of row 1")


async def test_intervals_that_are_missing_are_a_gap(write: Write) -> None:
    report = verify(await write([interval(0), interval(3)]))
    only(report, 2, "no interval from 2023-09-06T19:15:00+00:00", gap=True)
    assert "row 2: gap: no interval" in str(report)


def test_there_has_to_be_a_ledger(tmp_path: Any) -> None:
    with pytest.raises(PermanentError, match="there is no ledger here"):
        verify(tmp_path / "ledger.sqlite")
