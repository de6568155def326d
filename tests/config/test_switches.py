"""Switches of miners: each has one of its own, and mistakes are told with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.config.load import load
from controller.config.site import to_site
from controller.wiring import SETTINGS, build_switches
from tests.config.conftest import Complaints, Spoil

LIMIT = "    limit_kw: 120\n"
HALL_B = "  hall-b:\n"


def switches(**more: object) -> str:
    keys = {"adapter": "switch_modbus", "host": "127.20.0.9", **more}
    return "    switches: {" + ", ".join(f"{key}: {one}" for key, one in keys.items()) + "}\n"


CASES = {
    "no adapter": (
        (LIMIT, LIMIT + "    switches: {host: 127.20.0.9}\n"),
        "site.yaml:9: groups.hall-a.switches.adapter: is missing",
    ),
    "unknown adapter": (
        (LIMIT, LIMIT + "    switches: {adapter: switch_snmp, host: 127.20.0.9}\n"),
        "site.yaml:9: groups.hall-a.switches.adapter: must be 'switch_modbus'",
    ),
    "no host": (
        (LIMIT, LIMIT + "    switches: {adapter: switch_modbus}\n"),
        "site.yaml:9: groups.hall-a.switches.host: is missing",
    ),
    "unknown contacts": (
        (LIMIT, LIMIT + switches(contacts="open")),
        "site.yaml:9: groups.hall-a.switches.contacts: "
        "must be 'normally_open' or 'normally_closed'",
    ),
    "more miners than coils": (
        (LIMIT, LIMIT + switches(first_coil=65_497)),
        "site.yaml:9: groups.hall-a.switches: 40 miners from coil 65497 on go beyond 65535",
    ),
    "a switch for two miners": (
        (LIMIT, LIMIT + switches(), HALL_B, HALL_B + switches(first_coil=39)),
        "site.yaml:12: groups.hall-b.switches: 127.20.0.9:502 unit 1 coil 39 in group hall-a "
        "already: a switch cuts one miner",
    ),
    "switches for several miners each": (
        (LIMIT, LIMIT + switches(), HALL_B, HALL_B + switches(first_coil=30)),
        "site.yaml:12: groups.hall-b.switches: 127.20.0.9:502 unit 1 coil 30 and 9 more in group "
        "hall-a already: a switch cuts one miner",
    ),
    "what there was before": (
        (LIMIT, LIMIT + "    switched: true\n"),
        "site.yaml:9: groups.hall-a.switched: unknown key; did you mean switches?",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_place(case: str, complaints: Complaints) -> None:
    changes, said = CASES[case]
    assert any(one.startswith(said) for one in complaints(*changes)), complaints(*changes)


def test_groups_may_share_relays(spoil: Spoil) -> None:
    path: Path = spoil(
        LIMIT, LIMIT + switches(), HALL_B, HALL_B + switches(first_coil=40, poll_s=5)
    )
    settings = load(path, SETTINGS, {})
    banks = build_switches(settings)
    assert banks["hall-a"].place(39) == "127.20.0.9:502 unit 1 coil 39"
    assert banks["hall-b"].place(0) == "127.20.0.9:502 unit 1 coil 40"
    assert [group.switched for group in to_site(settings).groups.values()] == [True, True]


def test_a_group_without_switches_has_none(spoil: Spoil) -> None:
    settings = load(spoil(LIMIT, LIMIT + switches(unit=2)), SETTINGS, {})
    assert set(build_switches(settings)) == {"hall-a"}
    assert not to_site(settings).groups["hall-b"].switched
