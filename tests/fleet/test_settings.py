"""Which miners a configuration names, and what it may not say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from controller.fleet.addresses import expand
from controller.fleet.luxos import LuxOsMiners
from controller.fleet.settings import FleetSettings


def test_addresses_ranges_and_networks() -> None:
    assert expand(["10.0.0.9"]) == ["10.0.0.9"]
    assert expand(["127.8.1.254-127.8.2.1"]) == [
        "127.8.1.254",
        "127.8.1.255",
        "127.8.2.0",
        "127.8.2.1",
    ]
    assert expand(["10.0.0.0/30", "fd00::1"]) == ["10.0.0.1", "10.0.0.2", "fd00::1"]
    assert len(expand(["10.0.0.0/28"])) == 14
    assert expand(["10.0.0.4/31"]) == ["10.0.0.4", "10.0.0.5"]
    assert len(expand(["10.1.0.0-10.1.255.255"])) == 65_536


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (["10.0.0.300"], "10.0.0.300: '10.0.0.300' is not an IP address; write 10.0.0.7"),
        (["miner7.local"], "is not an IP address"),
        (["10.0.0.1-40"], "'40' is not an IP address"),
        (["10.0.0.9-10.0.0.1"], "the range is reversed; write 10.0.0.1-10.0.0.9"),
        (["10.0.0.1-fd00::1"], "one end is IPv4 and the other IPv6"),
        (["10.0.0.1/28"], "10.0.0.1/28: not a network: .* has host bits set"),
        (["10.0.0.1", "10.0.0.1"], "10.0.0.1 is in 10.0.0.1 already; name it once"),
        (["10.0.0.1-10.0.0.4", "10.0.0.3"], "10.0.0.3 is in 10.0.0.1-10.0.0.4 already"),
        (["10.0.0.0/8"], "more than 65536 addresses"),
        (["10.0.0.0/17", "10.1.0.0/16"], "10.1.0.0/16: these are more than 65536"),
    ],
)
def test_addresses_that_cannot_be_meant(addresses: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        expand(addresses)
    with pytest.raises(ValidationError, match=said):
        LuxOsMiners.model_validate({"addresses": addresses})


def test_a_miner_is_called_by_its_address_and_an_unusual_port() -> None:
    usual = LuxOsMiners(addresses=("10.0.0.7",))
    assert usual.miners() == {"10.0.0.7": ("10.0.0.7", 4028, "")}
    unusual = LuxOsMiners(addresses=("10.0.0.7", "fd00::1"), port=4029)
    assert unusual.miners() == {
        "10.0.0.7:4029": ("10.0.0.7", 4029, ""),
        "[fd00::1]:4029": ("fd00::1", 4029, ""),
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"widht": 5}, "widht"),
        ({"poll_s": 0}, "poll_s"),
        ({"poll_s": float("nan")}, "poll_s"),
        ({"reply_limit_bytes": 10**12}, "reply_limit_bytes"),
        ({"standby_w": 120}, "asleep_below_w must be above standby_w"),
    ],
)
def test_fleet_settings_that_cannot_be_meant(change: dict[str, float], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        FleetSettings.model_validate(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"driver": "hiveon"}, "driver"),
        ({"levels": []}, "levels"),
        ({"addresses": []}, "addresses"),
        ({"port": 0}, "port"),
        ({"adresses": ["10.0.0.1"]}, "adresses"),
    ],
)
def test_groups_that_cannot_be_meant(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        LuxOsMiners.model_validate({"addresses": ["10.0.0.1"], **change})


def test_every_setting_explains_itself() -> None:
    for model in (FleetSettings, LuxOsMiners):
        for name, field in model.model_fields.items():
            assert field.description, name
