"""Commands that change a miner: what they answer and what they do."""

from __future__ import annotations

import pytest

from .help import Client, HandClock


async def test_sleep_takes_the_miner_down_and_says_so(miner: Client, clock: HandClock) -> None:
    token = await miner.logon()
    reply = await miner.ask("curtail", f"{token},sleep")
    assert reply["CURTAIL"] == [{"Action": "sleep mode"}]
    assert reply["STATUS"][0]["Code"] == 335
    clock.move(5)
    assert await miner.watts() == 25
    config = (await miner.ask("config"))["CONFIG"][0]
    assert (config["CurtailMode"], config["Profile"]) == ("Sleep", "default")
    assert not config["IsPowerSupplyOn"]
    assert (await miner.ask("summary"))["SUMMARY"][0]["GHS 5s"] == 0
    assert (await miner.ask("stats"))["STATS"][1]["chain_rate1"] == "0.00"


async def test_wakeup_draws_power_before_it_hashes(miner: Client, clock: HandClock) -> None:
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(30)
    reply = await miner.ask("curtail", f"{token},wakeup")
    assert reply["CURTAIL"] == [{"Action": "wake up"}]
    clock.move(8)
    assert await miner.watts() > 2700
    assert (await miner.ask("summary"))["SUMMARY"][0]["GHS 5s"] == 0
    assert (await miner.ask("config"))["CONFIG"][0]["SystemStatus"] == "Initializing"
    clock.move(2)
    assert (await miner.ask("summary"))["SUMMARY"][0]["GHS 5s"] > 119_000
    config = (await miner.ask("config"))["CONFIG"][0]
    assert (config["CurtailMode"], config["SystemStatus"]) == ("None", "Normal")


async def test_profileset_moves_power_and_hashrate(miner: Client, clock: HandClock) -> None:
    token = await miner.logon()
    reply = await miner.ask("profileset", f"{token},290MHz")
    assert reply["PROFILE"][0]["Profile"] == "290MHz"
    clock.move(20)
    assert await miner.watts() == pytest.approx(1188, rel=0.016)
    config = (await miner.ask("config"))["CONFIG"][0]
    assert (config["Profile"], config["ProfileStep"]) == ("290MHz", "-12")
    summary = (await miner.ask("summary"))["SUMMARY"][0]
    assert summary["GHS 5s"] == pytest.approx(59_800, rel=0.016)


async def test_a_profile_set_asleep_is_remembered(miner: Client, clock: HandClock) -> None:
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    clock.move(30)
    await miner.ask("profileset", f"{token},190MHz")
    assert (await miner.ask("config"))["CONFIG"][0]["Profile"] == "190MHz"
    assert await miner.watts() == 25
    await miner.ask("curtail", f"{token},wakeup")
    clock.move(30)
    assert await miner.watts() == pytest.approx(784, rel=0.016)


@pytest.mark.parametrize(
    ("command", "parameter"),
    [
        ("curtail", "nap"),
        ("curtail", ""),
        ("profileset", "12GHz"),
        ("atmset", ""),
        ("atmset", "enabled=perhaps"),
        ("atmset", "temp_window=warm"),
        ("atmset", "colour=red"),
    ],
)
async def test_a_bad_parameter_is_refused_and_changes_nothing(
    miner: Client, command: str, parameter: str
) -> None:
    token = await miner.logon()
    before = await miner.ask("config+atm+power")
    status = (await miner.ask(command, f"{token},{parameter}"))["STATUS"][0]
    assert status["STATUS"] == "E"
    assert status["Code"] in {400, 401}
    assert await miner.ask("config+atm+power") == before


async def test_atmset_changes_what_it_names(miner: Client) -> None:
    assert (await miner.ask("atm"))["ATM"][0]["Enabled"] is True
    token = await miner.logon()
    reply = await miner.ask("atmset", f"{token},enabled=false,startup_minutes=3")
    assert reply["STATUS"][0]["Code"] == 340
    atm = (await miner.ask("atm"))["ATM"][0]
    assert (atm["Enabled"], atm["StartupMinutes"], atm["PostRampMinutes"]) == (False, 3, 15)
    assert (await miner.ask("config"))["CONFIG"][0]["IsAtmEnabled"] is False
