"""Lives of small sites on which some miners run a firmware that nobody there has told anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from controller.core.canary.proven import barred
from controller.model.fleet import Command
from controller.model.seen import State
from controller.reasons import Reason
from tests.core.cases.chances import Chances, cases, many
from tests.core.cases.fleets import Life, life
from tests.core.cases.lived import Lived, Seen, busy, calm
from tests.core.paces import strayed

FIRMWARES = ("", "old 1", "new 2")
FOR_MONEY = frozenset({Reason.UNPROFITABLE, Reason.PROFITABLE, Reason.START_COST})


class _Watched(Lived):
    """A life with an eye on its canaries."""

    def look(self, here: Life, state: State, *, watch: bool = True) -> Seen:
        one = super().look(here, state, watch=watch)
        self.wrong += (f"{here.now:%T} {line}" for line in _hasty(here, one))
        return one


def _hasty(here: Life, one: Seen) -> Iterator[str]:
    """Commands that should have waited, or should never have been."""
    told_nothing = barred(one.before) & barred(one.after)
    canaries: list[str] = []
    for command in one.plan.commands:
        firmware = here.fleet.miners[command.miner].firmware
        new = firmware and firmware not in one.after.proven_firmware
        if firmware in told_nothing and command.reason is not Reason.MAINTENANCE_LOCK:
            yield f"{command.miner} is told, and {firmware} is barred"
        if new and command.attempt == 1 and command.reason in FOR_MONEY:
            yield f"{command.miner} did not wait"
        if command.reason is Reason.CANARY and not _again(one, command):
            canaries.append(firmware)
    if len(canaries) > len(set(canaries)):
        yield f"two canaries of one firmware are told at once: {canaries}"


def _again(one: Seen, command: Command) -> bool:
    """Whether it was told the same before, however long ago."""
    motion = one.before.motions.get(command.miner)
    return motion is not None and motion.command.level == command.level


def _lived(chances: Chances) -> _Watched:
    found, here = _Watched(), life(chances)
    for miner in here.fleet.miners.values():
        miner.firmware = chances.of(FIRMWARES)
        miner.pools = "" if chances.one_in(8) else "its own"
    calm(here, found, busy(chances, here, found))
    groups = {name: one.group for name, one in here.fleet.miners.items()}
    found.wrong += strayed(here.site, found.moves, groups)
    return found


@pytest.mark.timeout(0)
@many(500)
@given(cases(_lived, size=500))
def test_whatever_befalls_a_site_its_new_firmwares_wait_and_it_keeps_its_limits(
    life: _Watched,
) -> None:
    assert life.wrong == []
    assert life.rested
