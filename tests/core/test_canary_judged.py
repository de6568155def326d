"""What a canary proves: that it went, and came back with its pools, its level and its power."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.canary.judging import judged
from controller.core.canary.proven import barred, proven
from controller.core.canary.reserved import reserved_w
from controller.core.obedience.command import resumed
from controller.model.base import from_plain, to_plain
from controller.model.fleet import OFF, Command, EvidenceGrade, MinerSeen, Motion, Stage
from controller.model.grid import SITE
from controller.model.remembered import Canary, CanaryStage, Waiver
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

FIRMWARE, FULL_W = "1.0", 2_794
SITE_OF = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group()},
    pacing=Pacing(start_within_s=100),
)
RUNS = MinerSeen(
    group="a",
    curve="three",
    level="default",
    power_w=FULL_W,
    at=NOW,
    firmware=FIRMWARE,
    settings="pools",
)
STANDS = replace(RUNS, level=OFF, power_w=25)
WENT = Canary(
    stage=CanaryStage.GOING,
    miner="a1",
    level="default",
    power_w=FULL_W,
    settings="pools",
    told_at=NOW - timedelta(seconds=20),
)
RETURNS = replace(WENT, stage=CanaryStage.RETURNING)
LATE = NOW - timedelta(seconds=201)
CHOSEN = Canary(stage=CanaryStage.CHOSEN, miner="a1")


def motion(level: str, stage: Stage, at: datetime = NOW - timedelta(seconds=20)) -> Motion:
    command = Command(id="c1", miner="a1", level=level, reason=Reason.CANARY, at=at)
    return Motion(
        command=command,
        stage=stage,
        group="a",
        curve="three",
        from_level="default",
        proven_w=FULL_W,
        deadline=NOW,
    )


def after(
    canary: Canary, miner: MinerSeen | None, moves: Motion | None = None, **seen: Any
) -> State:
    state = State(canaries={FIRMWARE: canary}, waivers={FIRMWARE: WAIVER})
    canaries = {} if miner is None else {"a1": miner}
    whole: dict[str, Any] = {"now": NOW, "site": SITE_OF, "curves": CURVES, "fleet_known": True}
    look = Snapshot(**{**whole, "canaries": canaries, **seen})
    return judged(look, state, {} if moves is None else {"a1": moves})


WAIVER = Waiver(at=NOW, reason=Reason.EMERGENCY, miners=3)
OFF_SHOWN, OFF_TOLD = motion(OFF, Stage.CONFIRMED), motion(OFF, Stage.SENT)
BACK_SHOWN, BACK_TOLD = motion("default", Stage.CONFIRMED), motion("default", Stage.SENT)


def stage_after(*what: Any, **seen: Any) -> CanaryStage:
    return after(*what, **seen).canaries[FIRMWARE].stage


@pytest.mark.parametrize("moves", [BACK_SHOWN, None])
def test_back_as_it_was_its_firmware_is_proven(moves: Motion | None) -> None:
    found = after(RETURNS, RUNS, moves)
    assert found.canaries == {}
    assert found.proven_firmware == (FIRMWARE,)
    assert found.waivers == {}, "what could not wait is of no interest any more"
    assert proven(SITE_OF, found) == {FIRMWARE}


@pytest.mark.parametrize(
    ("miner", "moves"),
    [
        (replace(RUNS, at=RETURNS.told_at), BACK_SHOWN),
        (replace(RUNS, reachable=False), BACK_SHOWN),
        (RUNS, BACK_TOLD),
        (STANDS, BACK_TOLD),
        (replace(RUNS, settings=None), BACK_SHOWN),
        (replace(RUNS, power_w=2_400), BACK_SHOWN),
    ],
    ids=["old word", "lost", "not shown", "still off", "not asked", "still rising"],
)
def test_until_it_is_seen_back_it_proves_nothing(miner: MinerSeen, moves: Motion) -> None:
    found = after(RETURNS, miner, moves)
    assert found.canaries == {FIRMWARE: RETURNS}
    assert found.proven_firmware == ()
    assert found.waivers == {FIRMWARE: WAIVER}


@pytest.mark.parametrize(
    ("canary", "miner", "moves", "why"),
    [
        (RETURNS, replace(RUNS, settings=""), BACK_SHOWN, "it has no pools any more"),
        (RETURNS, replace(RUNS, settings="x"), BACK_SHOWN, "it has other pools than before"),
        (RETURNS, STANDS, motion("default", Stage.FAILED), "it did not return to default"),
        (WENT, replace(STANDS, settings=""), OFF_SHOWN, "it has no pools any more"),
        (
            replace(RETURNS, told_at=LATE),
            replace(RUNS, power_w=2_400),
            BACK_SHOWN,
            "it draws 2400 W, and drew 2794 W",
        ),
        (
            replace(RETURNS, told_at=LATE),
            replace(RUNS, power_w=3_200),
            BACK_SHOWN,
            "it draws 3200 W, and drew 2794 W",
        ),
    ],
)
def test_not_as_it_was_its_firmware_is_barred(
    canary: Canary, miner: MinerSeen, moves: Motion, why: str
) -> None:
    found = after(canary, miner, moves)
    assert found.canaries[FIRMWARE].why == why
    assert barred(found) == {FIRMWARE}
    assert after(found.canaries[FIRMWARE], RUNS).canaries == found.canaries, "for good"


def test_its_power_may_be_as_far_off_as_a_firmware_estimates() -> None:
    late = replace(RETURNS, told_at=LATE)
    assert after(late, replace(RUNS, power_w=2_500), BACK_SHOWN).canaries == {}
    in_time = replace(RETURNS, told_at=NOW - timedelta(seconds=200))
    assert stage_after(in_time, replace(RUNS, power_w=2_400), BACK_SHOWN) is CanaryStage.RETURNING


IDLES = replace(RUNS, power_w=FULL_W // 2 - 1)


@pytest.mark.parametrize(("before_w", "proven"), [(FULL_W // 2, False), (FULL_W // 2 - 1, True)])
def test_one_that_had_no_work_before_is_to_draw_what_its_level_says(
    before_w: int, *, proven: bool
) -> None:
    """Its uplink was lost when it was told to go, and is back."""
    late = replace(RETURNS, power_w=before_w, told_at=LATE)
    found = after(late, RUNS, BACK_SHOWN)
    assert found.proven_firmware == ((FIRMWARE,) if proven else ())


def test_what_it_is_to_draw_is_said_where_it_never_does() -> None:
    late = replace(RETURNS, power_w=25, told_at=LATE)
    found = after(late, IDLES, BACK_SHOWN)
    assert found.canaries[FIRMWARE].why == "it draws 1396 W, and is to draw 2794 W"


PAID = replace(SITE_OF, groups={"a": Group(income_lost_after_s=300)})


@pytest.mark.parametrize(
    ("paid_s_ago", "judged_at"), [(99, LATE), (100, NOW), (301, NOW)], ids=["paid", "doubt", "lost"]
)
def test_while_its_group_may_have_no_work_its_power_says_nothing(
    paid_s_ago: int, judged_at: datetime
) -> None:
    late = replace(RETURNS, told_at=LATE)
    found = after(
        late, IDLES, BACK_SHOWN, site=PAID, paid_at={"a": NOW - timedelta(seconds=paid_s_ago)}
    )
    [canary] = found.canaries.values()
    waits = judged_at == NOW
    assert canary.told_at == judged_at, "all of its time begins anew"
    assert (canary.stage is CanaryStage.RETURNING) == waits


IN_DOUBT: dict[str, Any] = {"site": PAID, "paid_at": {"a": NOW - timedelta(seconds=200)}}


def test_that_it_lost_its_pools_is_seen_without_work_too() -> None:
    bare = replace(IDLES, settings="")
    assert stage_after(RETURNS, bare, BACK_SHOWN, **IN_DOUBT) is CanaryStage.BARRED


def test_one_that_woke_by_itself_without_work_has_still_to_be_told() -> None:
    untold = replace(RETURNS, told_at=None)
    assert after(untold, IDLES, BACK_SHOWN, **IN_DOUBT).canaries == {FIRMWARE: untold}


def test_who_vouches_for_a_firmware_lifts_its_bar() -> None:
    vouched = replace(SITE_OF, pacing=replace(SITE_OF.pacing, known_firmware=(FIRMWARE,)))
    found = after(replace(RETURNS, stage=CanaryStage.BARRED), RUNS, site=vouched)
    assert found.canaries == {}
    assert found.waivers == {}
    assert found.proven_firmware == (), "a person's word is not remembered as a proof"
    assert proven(vouched, found) == {FIRMWARE}


def test_once_it_went_it_is_to_return() -> None:
    found = after(WENT, STANDS, OFF_SHOWN).canaries[FIRMWARE]
    assert found == replace(WENT, stage=CanaryStage.RETURNING, told_at=None)


def test_one_without_watts_is_taken_at_its_word() -> None:
    said = replace(STANDS, grade=EvidenceGrade.INFERRED)
    assert stage_after(WENT, said, OFF_TOLD) is CanaryStage.RETURNING
    assert stage_after(WENT, STANDS, OFF_TOLD) is CanaryStage.GOING
    still = replace(RUNS, grade=EvidenceGrade.INFERRED)
    assert stage_after(WENT, still, OFF_TOLD) is CanaryStage.GOING


def test_one_without_watts_need_not_be_shown_by_a_meter_in_time() -> None:
    """Meters may be silent just then; it was given up, and says later that it is there."""
    said = replace(STANDS, grade=EvidenceGrade.INFERRED)
    given_up = motion(OFF, Stage.FAILED)
    assert stage_after(WENT, said, given_up) is CanaryStage.RETURNING
    stood = replace(RETURNS, level=OFF, power_w=25)
    assert after(stood, said, given_up).proven_firmware == (FIRMWARE,)
    assert stage_after(stood, replace(said, at=stood.told_at), given_up) is CanaryStage.BARRED


def test_something_else_that_moves_it_makes_it_return_anew() -> None:
    assert after(RETURNS, STANDS, OFF_SHOWN).canaries[FIRMWARE].told_at is None
    assert after(RETURNS, STANDS, OFF_TOLD).canaries[FIRMWARE] == RETURNS


def test_as_high_as_a_person_allows_is_back() -> None:
    capped = replace(RUNS, ceiling="340MHz")
    assert stage_after(RETURNS, capped, BACK_SHOWN) is CanaryStage.RETURNING
    low = replace(capped, level="340MHz", power_w=1_414)
    assert after(RETURNS, low, motion("340MHz", Stage.CONFIRMED)).proven_firmware == (FIRMWARE,)


@pytest.mark.parametrize(
    ("canary", "miner", "moves"),
    [
        (WENT, replace(RUNS, at=NOW), motion(OFF, Stage.FAILED)),
        (WENT, RUNS, None),
        (WENT, None, None),
        (WENT, replace(STANDS, firmware="2.0"), OFF_SHOWN),
        (RETURNS, replace(STANDS, locked=True), OFF_SHOWN),
        (CHOSEN, replace(RUNS, settings=""), None),
    ],
    ids=["ignores", "never went", "left", "flashed", "locked", "no pools"],
)
def test_of_no_use_another_takes_its_place(
    canary: Canary, miner: MinerSeen | None, moves: Motion | None
) -> None:
    assert after(canary, miner, moves).canaries[FIRMWARE] == Canary(tried=("a1",))
    third = replace(canary, tried=("a8", "a9"))
    found = after(third, miner, moves).canaries[FIRMWARE]
    assert found.stage is CanaryStage.BARRED
    assert found.why == "none of a8, a9, a1 had pools and did what it was told"


@pytest.mark.parametrize("settings", ["pools", None])
def test_the_chosen_waits_to_be_asked(settings: str | None) -> None:
    assert after(CHOSEN, replace(RUNS, settings=settings)).canaries == {FIRMWARE: CHOSEN}


def test_an_outage_says_nothing_of_a_firmware() -> None:
    lost = replace(RUNS, reachable=False)
    assert after(replace(CHOSEN, tried=("a8", "a9")), lost).canaries[FIRMWARE] == Canary(
        tried=("a8", "a9")
    )
    moved = after(replace(CHOSEN, tried=("a8",)), RUNS, OFF_SHOWN)
    assert moved.canaries[FIRMWARE] == Canary(tried=("a8",)), "nor does a limit that moves it"
    gone = replace(STANDS, reachable=False)
    assert after(RETURNS, gone, motion("default", Stage.FAILED)).canaries[FIRMWARE] == RETURNS


def test_nobody_is_judged_before_all_are_heard() -> None:
    assert stage_after(WENT, None, fleet_known=False) is CanaryStage.GOING


def test_a_restart_forgets_neither_canary_nor_proof() -> None:
    before = State(canaries={"2.0": WENT}, proven_firmware=(FIRMWARE,), waivers={"2.0": WAIVER})
    kept = from_plain(to_plain(resumed(before)), State)
    assert kept == before
    assert kept.asked == ("a1",)


def test_room_is_kept_for_its_return() -> None:
    def kept_w(canary: Canary, miner: MinerSeen) -> dict[str, int]:
        look = Snapshot(now=NOW, site=SITE_OF, canaries={"a1": miner})
        return reserved_w(look, {FIRMWARE: canary})

    waits = replace(RETURNS, told_at=None)
    room = {SITE: FULL_W - 25, "a": FULL_W - 25}
    assert kept_w(waits, STANDS) == room
    assert kept_w(WENT, STANDS) == room
    assert kept_w(WENT, replace(RUNS, power_w=3_000)) == {SITE: 0, "a": 0}
    assert kept_w(RETURNS, STANDS) == {}, "it counts with it"
    assert kept_w(CHOSEN, RUNS) == {}
