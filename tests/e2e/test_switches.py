"""Somebody else keeps waking a miner: it is cut at its switch, and comes back when it is wanted."""

from __future__ import annotations

import json
import socket
from typing import Any

from tests.e2e.configuration import SIMULATED, W_A_MINER
from tests.e2e.conftest import NewSite
from tests.e2e.mixed import simulated
from tests.e2e.site import Site
from tests.e2e.waiting import until

HALL, MINERS, KEPT = "hall-a", 8, 5
TARGET_KW = round(KEPT * W_A_MINER / 1000 + 0.6, 1)
RUNS_W, SLEEPS_W = 1000, 100
LUXOS_PORT = 4028


def switched_site(new_site: NewSite) -> Site:
    """One hall of equal miners, each behind a relay."""
    site = new_site(groups={HALL: MINERS})
    relays = site.block.meters + 10
    group = site.plain["groups"][HALL]
    group["miners"]["levels"] = ["default"]
    group["switches"] = {"adapter": "switch_modbus", "host": site.block.host, "port": relays}
    simulated(site, HALL)["switches"] = {"address": site.block.host, "port": relays}
    site.plain["pacing"] |= {"minimum_on_s": 0, "minimum_off_s": 0, "contested_minutes": 4}
    site.plain["pacing"]["known_firmware"] = [SIMULATED]
    return site


def ask(miner: str, command: str, parameter: str = "") -> Any:
    """A question to a miner's own interface, as anybody in its network may put it."""
    with socket.create_connection((miner, LUXOS_PORT), 5) as wire:
        wire.sendall(json.dumps({"command": command, "parameter": parameter}).encode())
        wire.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: wire.recv(65_536), b""))
    return json.loads(received.rstrip(b"\0"))


def wake(miner: str) -> None:
    token = ask(miner, "logon")["SESSION"][0]["SessionID"]
    ask(miner, "curtail", f"{token},wakeup")
    ask(miner, "logoff", token)


def true_w(site: Site, miner: str) -> float:
    return float(site.truth()["miners"][miner])


def running(site: Site) -> set[str]:
    return {name for name, watts in site.truth()["miners"].items() if watts > RUNS_W}


def settled(site: Site) -> bool:
    return len(running(site)) == KEPT and not site.in_flight()


def contested(site: Site) -> int:
    (hall,) = site.state()["groups"]
    return int(hall["contested"])


def _assert_books_tell_it(commands: list[dict[str, Any]], miner: str) -> None:
    """It was cut, the meter showed it; one took its place in the same look, and returned after."""
    cut = next(one for one in commands if one["level"] == "cut")
    assert (cut["miner"], cut["reason"], cut["grade"]) == (miner, "contested", "group_meter")
    (stand_in,) = (
        one for one in commands if one is not cut and one["ordered_at"] == cut["ordered_at"]
    )
    assert (stand_in["level"], stand_in["reason"]) == ("off", "dispatch")
    back = [one for one in commands if one["ordered_at"] >= cut["confirmed_at"]]
    assert [(one["level"], one["reason"]) for one in back] == [("default", "profitable")]


def test_a_miner_that_is_woken_again_and_again_is_cut(new_site: NewSite) -> None:
    site = switched_site(new_site)
    site.farm()
    daemon = site.daemon()
    site.send(site.dispatch("kept", TARGET_KW))
    until(lambda: settled(site), "the dispatch to be kept")
    miner = min(set(site.miners()) - running(site))
    for times in (1, 2):
        wake(miner)
        until(lambda: true_w(site, miner) > RUNS_W, f"wake {times}")
        until(lambda: settled(site) and true_w(site, miner) < SLEEPS_W, f"sleep {times}")
    assert contested(site) == 0
    wake(miner)
    until(lambda: contested(site) == 1, "the contest")
    until(lambda: settled(site), "others in their old place")
    assert true_w(site, miner) == 0
    assert site.true_kw() <= TARGET_KW
    _assert_books_tell_it(site.export("commands"), miner)

    site.send(site.dispatch("kept", 100, version=2))
    until(lambda: len(running(site)) == MINERS, "all of them, the cut one too")
    until(lambda: not site.in_flight(), "proof of it")
    daemon.terminate()
    daemon.wait(10)
    site.assert_books_are_whole()
