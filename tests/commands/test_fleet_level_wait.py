"""`fleet level --wait` ends when all are at or below the level, or says how many are not."""

from __future__ import annotations

import json
from decimal import Decimal

from msgspec.structs import replace

from controller.model.fleet import Curve, Level
from tests.commands.miners_at import standing
from tests.commands.test_people import WHO, Daemon, daemon

__all__ = ["daemon"]


def curve(**watts: int) -> Curve:
    levels = [Level(name=name, power_w=w, hashrate_ths=Decimal(w)) for name, w in watts.items()]
    return Curve(levels=tuple(levels))


CURVES = {"new": curve(off=15, low=2_000, high=3_000), "old": curve(off=20, eco=1_900, full=2_100)}


def level(scope: str, name: str = "low", wait: str = "1s") -> tuple[str, ...]:
    return ("fleet", "level", scope, name, *WHO, "--for", "1h", "--wait", wait)


async def told(daemon: Daemon, *args: str) -> tuple[int, str, str]:
    watch = daemon.inbox.watch
    assert watch.shown is not None
    await watch.show(replace(watch.shown, seen=replace(watch.shown.seen, curves=CURVES)))
    return await daemon.told(*args)


async def test_done_when_all_of_the_scope_are_at_it_or_below(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [
        standing("10.0.0.1", "low", curve="new"),
        standing("10.0.0.2", "off", curve="new"),
        standing("10.0.0.3", "cut", curve="new"),
        standing("10.0.0.4", "high", "hall-b", curve="new"),
    ]
    code, _, err = await told(daemon, *level("hall-a"))
    assert (code, err.splitlines()[-1]) == (0, "at or below low: 3 of 3")


async def test_one_that_is_higher_out_of_reach_or_says_nothing_is_not_low(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [
        standing("10.0.0.1", "low", curve="new"),
        standing("10.0.0.2", "high", curve="new"),
        standing("10.0.0.3", "low", curve="new", heard=False),
        standing("10.0.0.4", "", curve="new"),
        standing("10.0.0.5", ""),
    ]
    code, out, err = await told(daemon, *level("hall-a"), "--json")
    assert code == 1
    said = json.loads(out)
    assert (said["at_or_below"], said["miners"], said["level"]) == (1, 5, "low")
    assert "1 of 5 are at or below low so far; the order stands" in err


async def test_one_that_lacks_the_level_may_draw_as_much_as_it_does_elsewhere(
    daemon: Daemon,
) -> None:
    """2,000 W: 1,900 is less, 2,100 more."""
    daemon.inbox.watch.entries = [
        standing("10.0.0.1", "low", curve="new"),
        standing("10.0.0.2", "eco", curve="old"),
        standing("10.0.0.3", "full", curve="old"),
    ]
    code, out, _ = await told(daemon, *level("hall-a", wait="0s"), "--json")
    assert (code, json.loads(out)["at_or_below"]) == (1, 2)


async def test_the_level_off_is_a_stop(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [standing("10.0.0.1", "off", curve="new")]
    code, out, _ = await told(daemon, *level("10.0.0.1", "off"), "--json")
    assert (code, json.loads(out)["off"]) == (0, 1)
