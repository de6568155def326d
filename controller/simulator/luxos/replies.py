"""What a LuxOS miner answers to questions about the whole of it, in the recorded shapes."""

from __future__ import annotations

from controller.simulator.luxos.catalog import Reply
from controller.simulator.luxos.look import BOARDS, Look, Row

_WINDOWS_S: dict[str, float | None] = {
    "GHS 5s": None,
    "GHS 1m": 60,
    "GHS 5m": 300,
    "GHS 15m": 900,
    "GHS 30m": 1800,
    "GHS 24h": 86400,
    "GHS av": float("inf"),
}
_IDLE_TEMPERATURE_C = 27.0
_IDLE_FAN_RPM = 1200


def version(look: Look) -> Reply:
    return look.reply("version")


def power(look: Look) -> Reply:
    watts = round(look.physics.power_w(look.at))
    return look.reply("power", POWER=[{**look.row("power", "POWER"), "Watts": watts}])


def profiles(look: Look) -> Reply:
    return look.reply("profiles", PROFILES=look.miner.profile_rows())


def events(look: Look) -> Reply:
    return look.reply("events", EVENTS=[])


def summary(look: Look) -> Reply:
    rates = {name: round(look.ghs(window_s), 2) for name, window_s in _WINDOWS_S.items()}
    row = {
        **look.row("summary", "SUMMARY"),
        **rates,
        "Accepted": look.accepted,
        "Difficulty Accepted": look.accepted * look.miner.shares.difficulty,
        "Elapsed": look.elapsed_s,
        "Last getwork": look.when,
        "Total MH": rates["GHS av"] * 1000,
        "Utility": round(look.accepted * 60 / look.elapsed_s, 2),
    }
    return look.reply("summary", SUMMARY=[row])


def config(look: Look) -> Reply:
    row = {
        **look.row("config", "CONFIG"),
        **_identity(look),
        "CurtailMode": "Sleep" if look.asleep else "None",
        "IsAtmEnabled": look.miner.atm["Enabled"],
        "IsPowerSupplyOn": not look.asleep,
        "Profile": look.profile["Profile Name"],
        "ProfileStep": look.profile["Step"],
        "SystemStatus": _system_status(look),
    }
    return look.reply("config", CONFIG=[row])


def _identity(look: Look) -> Row:
    mac = look.miner.mac
    return {
        "BcastAddr": "127.255.255.255",
        "Gateway": "127.0.0.1",
        "Hostname": f"luxos-{mac[-8:].replace(':', '')}",
        "IPAddr": look.miner.own_address,
        "MACAddr": mac,
        "SerialNumber": f"SIM{mac[3:].replace(':', '').upper()}",
    }


def _system_status(look: Look) -> str:
    if look.asleep:
        return "Sleep"
    return "Initializing" if look.physics.starting(look.at) else "Normal"


def pools(look: Look) -> Reply:
    """The first pool takes the shares; the others were recorded as dead and stay it."""
    rows: list[Row] = look.miner.model.recorded["pools"]["POOLS"]
    return look.reply("pools", POOLS=[{**rows[0], **_first_pool(look)}, *rows[1:]])


def _first_pool(look: Look) -> Row:
    alive, accepted = look.miner.pool_alive, look.accepted
    difficulty = accepted * look.miner.shares.difficulty
    return {
        "Accepted": accepted,
        "Diff1 Shares": difficulty,
        "Difficulty Accepted": difficulty,
        "Status": "Alive" if alive else "Dead",
        "Stratum Active": alive and look.hashing,
    }


def fans(look: Look) -> Reply:
    rows: list[Row] = look.miner.model.recorded["fans"]["FANS"]
    if not look.hashing:
        idle_speed = look.row("fans", "FANCTRL")["PowerOffSpeed"]
        rows = [{**row, "RPM": _IDLE_FAN_RPM, "Speed": idle_speed} for row in rows]
    return look.reply("fans", FANS=rows)


def temps(look: Look) -> Reply:
    rows: list[Row] = look.miner.model.recorded["temps"]["TEMPS"]
    if not look.hashing:
        corners = ("TopLeft", "TopRight", "BottomLeft", "BottomRight")
        idle = dict.fromkeys(corners, _IDLE_TEMPERATURE_C)
        rows = [{**row, **idle} for row in rows]
    return look.reply("temps", f"{BOARDS} Temp(s)", TEMPS=rows)
