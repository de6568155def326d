"""`fleet stop --wait` ends when all are off, or says how many are not."""

from __future__ import annotations

import json

from tests.commands.miners_at import standing
from tests.commands.test_people import WHO, Daemon, daemon

__all__ = ["daemon"]
STOP = ("fleet", "stop", "hall-a", *WHO, "--for", "1h", "--wait", "1s")


async def test_done_when_all_of_the_scope_are_off(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [
        standing("10.0.0.1", "off"),
        standing("10.0.0.2", "cut"),
        standing("10.0.0.3", "default", "hall-b"),
    ]
    code, _, err = await daemon.told(*STOP)
    assert (code, err.splitlines()[-1]) == (0, "off: 2 of 2")


async def test_one_that_runs_or_is_out_of_reach_is_not_off(daemon: Daemon) -> None:
    daemon.inbox.watch.entries = [
        standing("10.0.0.1", "off"),
        standing("10.0.0.2", "default"),
        standing("10.0.0.3", "off", heard=False),
    ]
    code, out, err = await daemon.told(*STOP, "--json")
    assert code == 1
    said = json.loads(out)
    assert (said["off"], said["miners"], said["level"]) == (1, 3, "off")
    assert "1 of 3 are off so far; the order stands" in err
