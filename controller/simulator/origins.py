"""Where the shape of each simulated reply comes from. `recorded/ORIGIN.md` names the sources.

A recorded one is compared with its recording key by key and type by type; no test can vouch for
the others but against a real miner.
"""

from __future__ import annotations

from typing import Literal

Origin = Literal["recorded", "documented", "unrecorded"]
"""`documented`: published by the vendor, or read in published firmware."""

ORIGINS: dict[str, dict[str, Origin]] = {
    "luxos": {
        "config": "recorded",
        "devs": "recorded",
        "events": "recorded",
        "fans": "recorded",
        "pools": "recorded",
        "power": "recorded",
        "profiles": "recorded",
        "stats": "recorded",
        "summary": "recorded",
        "temps": "recorded",
        "version": "recorded",
        "atm": "documented",
        "atmset": "documented",
        "curtail": "documented",
        "groups": "documented",
        "logon": "documented",
        "profileset": "documented",
        "session": "documented",
        "tempctrl": "documented",
        "logoff": "unrecorded",
    },
    "antminer": {
        "get_miner_conf": "recorded",
        "get_system_info": "recorded",
        "stats": "recorded",
        "summary": "recorded",
        "pools": "documented",
        "set_miner_conf": "documented",
    },
}
"""By make and the name of the command, or of the script."""


def origin_table() -> str:
    """As Markdown, for docs/simulator.md."""
    lines = ["| replies | of | origin |", "|---|---|---|"]
    for make, origins in ORIGINS.items():
        for origin in dict.fromkeys(origins.values()):
            names = ", ".join(f"`{name}`" for name, of in origins.items() if of == origin)
            lines.append(f"| {names} | `{make}` | {origin} |")
    return "\n".join(lines) + "\n"
