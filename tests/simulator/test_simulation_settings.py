"""What the `simulation:` section refuses, and the words it finds for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from controller.simulator.settings import SimulationSettings


def section(**changes: Any) -> dict[str, Any]:
    group = {"id": "hall", "miners": 300, "address": "127.9.1.1", **changes.pop("group", {})}
    return {"groups": [group], **changes}


def test_miners_get_consecutive_addresses_across_the_last_octet() -> None:
    settings = SimulationSettings.model_validate(section())
    addresses = settings.groups[0].addresses()
    assert addresses[0] == "127.9.1.1"
    assert addresses[255] == "127.9.2.0"
    assert len(set(addresses)) == 300


def test_behind_nat_miners_get_consecutive_ports() -> None:
    settings = SimulationSettings.model_validate(section(group={"nat": True, "port": 20000}))
    places = settings.groups[0].places()
    assert {place.address for place in places} == {"127.9.1.1"}
    assert [place.port for place in places] == list(range(20000, 20300))


@pytest.mark.parametrize(("make", "port"), [("luxos", 4028), ("antminer", 8080)])
def test_each_make_has_its_usual_port(make: str, port: int) -> None:
    settings = SimulationSettings.model_validate(section(group={"make": make}))
    assert settings.groups[0].port == port


DISPATCH = {
    "id": "d",
    "program": "p",
    "target": {"kind": "reduce_to_kw", "kw": 40},
    "issue_after_s": 0,
    "start_after_s": 0,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"group": {"address": "10.0.0.1"}}, "not in 127.0.0.0/8"),
        ({"group": {"address": "127.255.255.250"}}, "go beyond"),
        ({"group": {"profile": "12GHz"}}, "'12GHz' is none of 190MHz"),
        ({"group": {"profiles": ["190MHz"]}}, "'default' is missing from profiles"),
        ({"group": {"make": "braiins"}}, "'luxos' or 'antminer'"),
        ({"group": {"make": "antminer", "profile": "default"}}, "stock Antminers have none"),
        ({"group": {"make": "antminer", "model": "s19k_pro"}}, "does not run antminer"),
        ({"group": {"stock": {"write_s": 5}}}, "say `make: antminer`"),
        ({"group": {"nat": True, "port": 65500}}, "go beyond 65535"),
        ({"group": {"id": "site"}}, "name the group otherwise"),
        ({"group": {"meter": {"address": "127.9.1.5", "port": 4028}}}, "127.9.1.5:4028 is used"),
        ({"processes": 2}, "1 groups cannot be split among 2"),
        ({"group": {"faults": [{"kind": "html", "share": 0.1}]}}, "html is no fault of a miner"),
        ({"group": {"faults": [{"kind": "die"}]}}, 'die needs either "share" or "per_hour"'),
        ({"group": {"faults": [{"kind": "die", "per_hour": 1}]}}, 'needs "lasts_s"'),
        ({"group": {"faults": [{"kind": "die", "share": 1, "lasts_s": 3}]}}, 'no "lasts_s" here'),
        ({"group": {"faults": [{"kind": "clear", "share": 1}]}}, "comes by itself"),
        ({"group": {"faults": [{"kind": "die", "share": 0.6}] * 2}}, "more than the whole group"),
        ({"dispatches": [DISPATCH]}, "dispatches need an operator"),
        ({"physics": {"wobble": 0.5}}, "less than or equal to 0.1"),
        ({"minerz": 3}, "Extra inputs"),
        ({"groups": []}, "at least 1"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_reason(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SimulationSettings.model_validate(section(**changes))


def test_the_examples_of_the_manual_are_valid() -> None:
    manual = Path(__file__).parents[2] / "docs" / "simulator.md"
    first, second = re.findall(r"```yaml\n(.*?)```", manual.read_text(), re.DOTALL)
    settings = SimulationSettings.model_validate(yaml.safe_load(first)["simulation"])
    assert sum(group.miners for group in settings.groups) == 64
    faulty = SimulationSettings.model_validate(yaml.safe_load(second)).groups[0]
    assert len(faulty.faults) == 5


def test_the_shipped_farm_has_15000_miners_of_which_seven_tenths_are_stock() -> None:
    farm = Path(__file__).parents[2] / "configs" / "farm-15000.yaml"
    settings = SimulationSettings.model_validate(yaml.safe_load(farm.read_text())["simulation"])
    stock = sum(group.miners for group in settings.groups if group.make == "antminer")
    assert (stock, sum(group.miners for group in settings.groups)) == (10_500, 15_000)
