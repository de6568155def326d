"""Replies of which there is no recording: shapes and codes of Luxor's public documentation."""

from __future__ import annotations

from controller.simulator.luxos.catalog import Reply
from controller.simulator.luxos.look import Look


def atm(look: Look) -> Reply:
    return look.status(339, "ATM configuration values", ATM=[look.miner.atm])


def groups(look: Look) -> Reply:
    return look.status(324, "List groups", GROUPS=[{"GROUP": 0, "Name": "default", "Quota": 1.0}])


def tempctrl(look: Look) -> Reply:
    row = {
        "ChipDangerous": 100.0,
        "ChipHot": 95.0,
        "Dangerous": 75.0,
        "Hot": 70.0,
        "Mode": "Automatic",
        "Target": 55.0,
    }
    return look.status(200, "Temperature control", TEMPCTRL=[row])


def session(look: Look) -> Reply:
    token = look.miner.session.current(look.at)
    return look.status(319, "Session information", SESSION=[{"SessionID": token}])
