"""The commands of LuxOS that change something, and how a miner refuses them."""

from __future__ import annotations

from collections.abc import Sequence

from controller.simulator.luxos.catalog import Reply
from controller.simulator.luxos.look import Look, Row


class RefusedError(Exception):
    """The miner answers with an error: `code` and text."""

    def __init__(self, code: int, msg: str) -> None:
        super().__init__(msg)
        self.code = code


def logon(look: Look) -> Reply:
    token = look.miner.session.open(look.at)
    if token is None:
        raise RefusedError(402, "Another session is active")
    return look.status(316, "Session created", SESSION=[{"SessionID": token}])


def logoff(look: Look, _: Sequence[str]) -> Reply:
    look.miner.session.close()
    return look.status(317, "Session terminated")


def curtail(look: Look, parameters: Sequence[str]) -> Reply:
    """`sleep` or `wakeup`; how fast to ramp may follow and makes no difference here."""
    action = _first(parameters, "action")
    if action == "sleep":
        look.miner.order(lambda physics: physics.sleep(look.at), look.at)
        done = "sleep mode"
    elif action == "wakeup":
        look.miner.order(lambda physics: physics.wake(look.at), look.at)
        done = "wake up"
    else:
        raise RefusedError(401, f"Invalid parameter: action '{action}'")
    return look.status(335, "Curtailment command sent", CURTAIL=[{"Action": done}])


def profileset(look: Look, parameters: Sequence[str]) -> Reply:
    profile = _first(parameters, "profile")
    if profile not in look.miner.profiles:
        raise RefusedError(401, f"Invalid parameter: profile '{profile}'")
    look.miner.set_profile(profile, look.at)
    row = {"Board": 0, "FrequencyStep": 5, "Profile": profile, "VoltageStep": 0.05}
    return look.status(321, "Profile Set", PROFILE=[row])


_ATM_KEYS: dict[str, tuple[str, type[str | int | float]]] = {
    "startup_minutes": ("StartupMinutes", int),
    "post_ramp_minutes": ("PostRampMinutes", int),
    "temp_window": ("TempWindow", float),
    "min_profile": ("MinProfile", str),
    "max_profile": ("MaxProfile", str),
}


def atmset(look: Look, parameters: Sequence[str]) -> Reply:
    """`key=value` pairs in any order; all or none of them take effect."""
    _first(parameters, "enabled")
    changed: Row = {}
    for pair in parameters:
        key, _, value = pair.partition("=")
        changed |= _atm_change(key, value)
    if look.miner.fault.kind != "lie":
        look.miner.atm.update(changed)
    return look.status(340, "Advanced Thermal Management configuration updated")


def _atm_change(key: str, value: str) -> Row:
    invalid = RefusedError(401, f"Invalid parameter: {key} '{value}'")
    if key in {"enabled", "prevent_oc"}:
        if value not in {"true", "false"}:
            raise invalid
        return {"Enabled": value == "true"} if key == "enabled" else {}
    if key not in _ATM_KEYS:
        raise invalid
    name, kind = _ATM_KEYS[key]
    try:
        return {name: kind(value)}
    except ValueError:
        raise invalid from None


def _first(parameters: Sequence[str], name: str) -> str:
    if not parameters or not parameters[0]:
        raise RefusedError(400, f"Missing parameter: {name}")
    return parameters[0]
