"""What befalls a site: miners that ignore, refuse, lie, hang, die, come back or wake by themselves,
meters that fall silent or stand still, prices that go missing, and dispatches, orders and locks
that come and go."""

from __future__ import annotations

from decimal import Decimal

from controller.model.fleet import OFF
from controller.model.grid import MaintenanceLock
from tests.core.cases.asked import dispatch, order
from tests.core.cases.chances import Chances
from tests.core.cases.fleets import SIGNALS, VALUES, Life
from tests.core.cases.sites import GROUPS

BEHAVIOURS = ("ignore", "refuse", "lie", "hang", "die", "wake", "obey", "obey")
KINDS = (
    *("nothing", "nothing", "nothing", "miner", "miner", "miner", "price", "dispatch", "meter"),
    *("signal", "load", "order", "lock", "pay"),
)


def happen(chances: Chances, life: Life, number: int) -> None:
    """Something, or nothing."""
    what = chances.of(KINDS)
    if what == "miner" and life.fleet.miners and life.troubled:
        _misbehave(life, chances.of(sorted(life.fleet.miners)), chances.of(BEHAVIOURS))
    elif what in ("price", "signal"):
        _say(chances, life, what)
    elif what == "meter":
        life.meters[chances.of(sorted(life.meters))] = chances.of(["reads", "silent", "frozen"])
    elif what == "load":
        life.other_w, life.load_at = chances.of([0, 2_000, 9_000]), life.now
    elif what == "pay":
        life.paid = not life.paid
    else:
        _ask(chances, life, what, number)


def _ask(chances: Chances, life: Life, what: str, number: int) -> None:
    if what == "dispatch":
        _call(chances, life, number)
    elif what == "order":
        life.orders[f"o{number}"] = order(chances, f"o{number}", life.now)
    elif what == "lock":
        _lock(life, chances.of([*GROUPS, *sorted(life.fleet.miners)]))


def _misbehave(life: Life, name: str, behaviour: str) -> None:
    """One that dies is gone from the network and hashes no more; back, it boots as it likes."""
    miner = life.fleet.miners[name]
    if behaviour == "die":
        miner.set_to(OFF)
        behaviour = "hang"
    elif behaviour == "obey" and miner.behaviour == "hang":
        miner.set_to(miner.levels.top.name)
    if behaviour != "lie":
        miner.claims = ""
    if miner.behaviour != "obey":
        life.strayed_at[name] = life.now
    miner.behaviour = behaviour


def _say(chances: Chances, life: Life, what: str) -> None:
    names = ("price", "hashprice") if what == "price" else tuple(SIGNALS)
    name = chances.of(names)
    quiet = chances.of(["", "", "", "stale", "missing"])
    life.market.quiet[name] = quiet
    life.market.since = life.now
    if not quiet:
        life.market.said[name] = Decimal(chances.of(VALUES[name]))


def _call(chances: Chances, life: Life, number: int) -> None:
    """A new dispatch, or the end of one."""
    if life.dispatches and chances.one_in(3):
        del life.dispatches[min(life.dispatches)]
        return
    called = dispatch(chances, f"d{number}", life.now)
    if not called.over(life.now):
        life.dispatches[called.id] = called


def _lock(life: Life, place: str) -> None:
    if place in life.locks:
        del life.locks[place]
    else:
        life.locks[place] = MaintenanceLock(
            id=place, place=place, person="Ada", why="test", since=life.now
        )


def mend(life: Life) -> None:
    """All is well again: who is there obeys, all sources speak, and nobody asks for anything that
    ends by itself."""
    for name in life.fleet.miners:
        _misbehave(life, name, "obey")
    life.meters = dict.fromkeys(life.meters, "reads")
    life.market.quiet.clear()
    life.orders.clear()
    life.dispatches = {
        name: one
        for name, one in life.dispatches.items()
        if one.end is None and one.start <= life.now
    }
    life.known = life.paid = True
