"""The script that a dispatch is raced against sends what our driver sends, and nothing else."""

from __future__ import annotations

from controller.fleet.driver import Driver
from controller.model.fleet import OFF, Identity
from tests.bench.ground_bare import sleep_all
from tests.simulator.help import HandClock

from .help import Proxy

TO_STANDBY_S = 10


async def test_both_sides_of_the_race_ask_the_same(
    driver: Driver, proxy: Proxy, tapped: Identity, clock: HandClock
) -> None:
    proxy.asked.clear()
    await driver.apply(tapped, OFF)
    clock.move(TO_STANDBY_S)
    await driver.read(tapped)
    ours = [_without_token(asked) for asked in proxy.asked]
    proxy.asked.clear()
    await sleep_all([tapped.address], tapped.port, 0.01)
    assert [_without_token(asked) for asked in proxy.asked] == ours
    assert [asked["command"] for asked in ours] == [
        "logon",
        "curtail",
        "logoff",
        "power+summary+config",
    ]


def _without_token(asked: dict[str, str]) -> dict[str, str]:
    """The request, its session's token left out: each session has another."""
    if "parameter" not in asked:
        return asked
    return asked | {"parameter": asked["parameter"].partition(",")[2]}
