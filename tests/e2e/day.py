"""A day of prices in half a minute, of both makes: a spike, the return, a dispatch, the return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.e2e.configuration import CHEAP, DEAR, EPOCH, W_A_MINER
from tests.e2e.prometheus import Prometheus
from tests.e2e.site import Site
from tests.e2e.waiting import until
from tests.e2e.web import Answer

MINERS = {"hall-a": 36, "hall-b": 24}
STOCK = "hall-b"
"""The group of stock Antminers; the other one has LuxOS."""
W_A_STOCK_MINER = 3500
ALL_KW = (MINERS["hall-a"] * W_A_MINER + MINERS[STOCK] * W_A_STOCK_MINER) / 1000
DISPATCH_KW = 40.0
MINUTES = 5


@dataclass
class Day:
    """What happened, in order."""

    site: Site
    prometheus: Prometheus
    true_kw: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    last_state: dict[str, Any] = field(default_factory=dict)
    exit_code: int = -1

    def run(self) -> None:
        self.site.farm()
        self.prometheus.start()
        daemon = self.site.daemon()
        self._reach("cheap", _all_run)
        self._reach("spike", lambda kw: kw < 0.02 * ALL_KW)
        self._reach("after the spike", _all_run)
        self._dispatch()
        self._reach("dispatch", lambda kw: kw <= DISPATCH_KW)
        self.answers["repeated"] = self.site.send(self.body)
        self.answers["contradicted"] = self.site.send(self.body | {"end": None})
        self._reach("after the dispatch", _all_run)
        self._pass_an_interval()
        self.last_state = self.site.state()
        daemon.terminate()
        self.exit_code = daemon.wait(10)

    def _reach(self, what: str, there: Callable[[float], bool]) -> None:
        """Wait for such a power, and keep the very one that was there."""

        def found() -> list[float]:
            kw = self.site.true_kw()
            return [kw] if there(kw) else []

        (self.true_kw[what],) = until(found, f"the power of: {what}", 40)

    def _dispatch(self) -> None:
        self.body = self.site.dispatch("ers-1", DISPATCH_KW, lasts_s=240)
        self.answers["first"] = self.site.send(self.body)

    def _pass_an_interval(self) -> None:
        """Until the interval in which the dispatch ended is over, and one more look."""
        ended = self.site.now() - EPOCH
        over = EPOCH + (ended // timedelta(minutes=MINUTES) + 1) * timedelta(minutes=MINUTES)
        settled = (over + timedelta(seconds=60)).isoformat()
        until(lambda: self.site.state()["at"] >= settled, "the end of the interval")


def _all_run(kw: float) -> bool:
    return kw > 0.97 * ALL_KW


def new_day(site: Site) -> Day:
    mix(site.plain)
    site.price_every(MINUTES, CHEAP, CHEAP, DEAR, CHEAP)
    return Day(site, Prometheus(site))


def mix(plain: dict[str, Any]) -> None:
    """Make the second group one of stock Antminers, and the limits as wide as both need."""
    plain["site"]["import_limit_kw"] = round(1.1 * ALL_KW)
    plain["programs"]["ers"]["references"]["contracted"]["kw"] = round(ALL_KW)
    group = plain["groups"][STOCK]
    group["limit_kw"] = round(1.1 * MINERS[STOCK] * W_A_STOCK_MINER / 1000)
    group["miners"] = {
        "driver": "antminer",
        "addresses": group["miners"]["addresses"],
        "port": 8080,
        "nameplate_w": round(1.02 * W_A_STOCK_MINER),
    }
    simulated = next(one for one in plain["simulation"]["groups"] if one["id"] == STOCK)
    simulated["make"] = "antminer"
