"""Sites of both makes: a hall of LuxOS miners and one of stock Antminers."""

from __future__ import annotations

from typing import Any

from tests.e2e.configuration import W_A_MINER
from tests.e2e.conftest import NewSite
from tests.e2e.site import Site

LUXOS, STOCK = "hall-a", "hall-b"
MINERS = {LUXOS: 12, STOCK: 8}
W_A_STOCK_MINER = 3500
KW_OF = {
    LUXOS: MINERS[LUXOS] * W_A_MINER / 1000,
    STOCK: MINERS[STOCK] * W_A_STOCK_MINER / 1000,
}
ALL_KW = sum(KW_OF.values())


def mixed_site(new_site: NewSite, rate: float = 120) -> Site:
    """Twelve miners with LuxOS and eight stock Antminers, two site minutes in a second."""
    site = new_site(groups=MINERS, rate=rate)
    site.plain["site"]["import_limit_kw"] = round(1.1 * ALL_KW)
    site.plain["programs"]["ers"]["references"]["contracted"]["kw"] = round(ALL_KW)
    site.plain["pacing"] |= {"minimum_on_s": 0, "minimum_off_s": 0}
    site.plain["interval_minutes"] = 5
    group = site.plain["groups"][STOCK]
    group["limit_kw"] = round(1.1 * KW_OF[STOCK])
    group["miners"] = {
        "driver": "antminer",
        "addresses": group["miners"]["addresses"],
        "port": 8080,
        "nameplate_w": round(1.02 * W_A_STOCK_MINER),
    }
    simulated(site, STOCK)["make"] = "antminer"
    return site


def simulated(site: Site, group: str) -> dict[str, Any]:
    """The group as the simulator is told of it."""
    groups: list[dict[str, Any]] = site.plain["simulation"]["groups"]
    return next(one for one in groups if one["id"] == group)


def miners_of(site: Site, group: str) -> list[str]:
    """The miners of a group, by the names of the simulator."""
    first = 0 if group == LUXOS else MINERS[LUXOS]
    return site.miners()[first : first + MINERS[group]]
