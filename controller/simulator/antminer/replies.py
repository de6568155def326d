"""What the CGI scripts of a stock Antminer answer, in the recorded shapes. No watts anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controller.simulator.antminer.catalog import Reply
from controller.simulator.antminer.miner import StockAntminer
from controller.simulator.physics import MinerPhysics

_CHAINS = 3
_IDLE_TEMPERATURE_C = 27


@dataclass(frozen=True, slots=True)
class Look:
    """A miner as it shows itself at one moment."""

    miner: StockAntminer
    at: datetime

    @property
    def physics(self) -> MinerPhysics:
        return self.miner.shown()

    @property
    def hashing(self) -> bool:
        return self.physics.motion.ths(self.at) > 0

    def recorded(self, script: str) -> Reply:
        return self.miner.model.recorded[script]

    def report(self, script: str, section: str, **values: Any) -> Reply:
        """The recorded reply with these values in place of the recorded ones."""
        recorded = self.recorded(script)
        status = {**recorded["STATUS"], "when": int(self.at.timestamp())}
        return {**recorded, "STATUS": status, section: [{**recorded[section][0], **values}]}

    def rates(self) -> Reply:
        """Hashrates in GH/s, and since when."""
        elapsed_s = max(1, int((self.at - self.miner.booted_at).total_seconds()))
        mean = self.physics.mean_hashrate_ths
        return {
            "elapsed": elapsed_s,
            "rate_5s": round(self.physics.hashrate_ths(self.at) * 1000, 2),
            "rate_30m": round(mean(self.at, min(1800, elapsed_s)) * 1000, 2),
            "rate_avg": round(mean(self.at, elapsed_s) * 1000, 2),
            "rate_ideal": round(self.physics.level.hashrate_ths * 1000, 2),
        }


def get_system_info(look: Look) -> Reply:
    serial = look.miner.mac[3:].replace(":", "").upper()
    return {
        **look.recorded("get_system_info"),
        "ipaddress": look.miner.own_address,
        "macaddr": look.miner.mac.upper(),
        "serinum": f"SIM{serial}",
    }


def get_miner_conf(look: Look) -> Reply:
    return {**look.recorded("get_miner_conf"), **look.miner.shown_configuration().shown()}


def summary(look: Look) -> Reply:
    checks = [dict(row) for row in look.recorded("summary")["SUMMARY"][0]["status"]]
    for row in checks:
        if row["type"] == "network" and not look.miner.pool_alive:
            row["status"] = "e"
    return look.report("summary", "SUMMARY", **look.rates(), status=checks)


def stats(look: Look) -> Reply:
    rows = look.recorded("stats")["STATS"][0]["chain"]
    rates = look.rates()
    return look.report(
        "stats",
        "STATS",
        **rates,
        chain=[{**row, **_chain(look, rates)} for row in rows],
    )


def _chain(look: Look, rates: Reply) -> Reply:
    live: Reply = {
        "rate_real": round(rates["rate_5s"] / _CHAINS, 2),
        "rate_ideal": round(rates["rate_ideal"] / _CHAINS, 2),
    }
    if not look.hashing:
        cold = [_IDLE_TEMPERATURE_C] * 4
        live |= {"freq_avg": 0, "temp_pic": cold, "temp_pcb": cold, "temp_chip": cold}
    return live


def pools(look: Look) -> Reply:
    """One row for each pool that is set; the first one takes the shares."""
    urls = [pool for pool in look.miner.shown_configuration().pools if pool[0]]
    rows = [_pool(look, number, url, user) for number, (url, user, _) in enumerate(urls)]
    return {**look.report("pools", "POOLS"), "POOLS": rows}


def _pool(look: Look, number: int, url: str, user: str) -> Reply:
    accepted = look.miner.accepted(look.at) if number == 0 else 0
    return {
        **look.recorded("pools")["POOLS"][0],
        "index": number,
        "url": url,
        "user": user,
        "priority": number,
        "status": "Alive" if look.miner.pool_alive else "Dead",
        "accepted": accepted,
        "diffa": float(accepted * look.miner.shares.difficulty),
    }


QUESTIONS: dict[str, Callable[[Look], Reply]] = {
    "get_miner_conf": get_miner_conf,
    "get_system_info": get_system_info,
    "pools": pools,
    "stats": stats,
    "summary": summary,
}
"""By the name of the script."""
