"""`fleet resume --wait` ends when all run that are to, or says how many do and what holds them."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from controller.model.plan import Explanation
from controller.model.view import MinerEntry
from controller.reasons import Reason
from tests.commands.miners_at import standing
from tests.commands.test_people import WHO, Daemon, daemon
from tests.surfaces.views import SITE_DECLARED

__all__ = ["daemon"]
RESUME = ("fleet", "resume", *WHO, "--wait", "1s")
HALLS = replace(
    SITE_DECLARED, groups=dict.fromkeys(("hall-a", "hall-b"), SITE_DECLARED.groups["container-a"])
)


async def stopped(daemon: Daemon, scope: str, **wanted: int) -> None:
    """An order stands on the scope; so many of each group are to run once it has ended."""
    await daemon.told("fleet", "stop", scope, *WHO, "--for", "1h")
    watch = daemon.inbox.watch
    assert watch.shown is not None
    explained = {
        name.replace("_", "-"): Explanation(reason=Reason.DISPATCH, runs_w=0, wanted=count)
        for name, count in wanted.items()
    }
    plan = replace(watch.shown.plan, explained=explained)
    await watch.show(replace(watch.shown, plan=plan, seen=replace(watch.shown.seen, site=HALLS)))


def three(*levels: str) -> list[MinerEntry]:
    return [standing(f"10.0.0.{place}", level) for place, level in enumerate(levels, 1)]


async def test_done_when_as_many_run_as_are_to(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [*three("low", "default", "off"), standing("b", "off", "hall-b")]
    await stopped(daemon, "hall-a", hall_a=2, hall_b=1)
    code, out, err = await daemon.told(*RESUME, "hall-a")
    assert (code, err.splitlines()) == (0, ["running: 2 of 3", "2 of 3 run, as many as are to"])
    assert "still held: dispatch ers-0906" in out


async def test_too_few_are_1_with_what_still_holds_them(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = three("default", "off", "cut")
    await stopped(daemon, "hall-a", hall_a=2, hall_b=0)
    code, out, err = await daemon.told(*RESUME, "hall-a", "--json")
    assert code == 1
    said = json.loads(out)
    assert (said["running"], said["wanted"], said["miners"]) == (1, 2, 3)
    assert [one["id"] for one in said["held_by"]["dispatches"]] == ["ers-0906"]
    assert len(said["ended"]) == 1
    assert "1 of 3 run so far; 2 are to" in err


@pytest.mark.parametrize("miner", [standing("x", "", "hall-a"), standing("x", "low", heard=False)])
async def test_who_says_nothing_or_is_out_of_reach_does_not_run(
    daemon: Daemon, miner: MinerEntry
) -> None:
    daemon.inbox.watch.entries = [miner]
    await stopped(daemon, "site", hall_a=1)
    code, _, err = await daemon.told(*RESUME, "site")
    assert (code, "0 of 1 run so far" in err) == (1, True)


async def test_too_many_of_one_group_do_not_stand_in_for_another(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [*three("low", "low"), standing("b", "off", "hall-b")]
    await stopped(daemon, "site", hall_a=1, hall_b=1)
    code, _, err = await daemon.told(*RESUME, "site")
    assert (code, "2 of 3 run so far; 2 are to" in err) == (1, True)


async def test_a_group_of_which_nothing_is_decided_is_waited_for(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = three("off")
    await stopped(daemon, "hall-a", hall_b=0)
    assert (await daemon.told(*RESUME, "hall-a"))[0] == 1


@pytest.mark.parametrize(("wanted", "code"), [(0, 0), (1, 1)])
async def test_a_miner_is_waited_for_while_any_of_its_group_is_to_run(
    daemon: Daemon, wanted: int, code: int
) -> None:
    daemon.inbox.watch.entries = three("off", "off")
    await stopped(daemon, "10.0.0.1", hall_a=wanted)
    assert (await daemon.told(*RESUME, "10.0.0.1"))[0] == code


async def test_before_it_is_decided_without_the_order_all_are_waited_for(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = three("off")
    await stopped(daemon, "hall-a", hall_a=0)
    daemon.inbox.decides = False
    code, _, err = await daemon.told(*RESUME, "hall-a")
    assert (code, "0 of 1 run so far; 1 are to" in err) == (1, True)
