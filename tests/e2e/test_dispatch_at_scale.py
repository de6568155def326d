"""A dispatch to 2,000 miners of both makes, a tenth of which has just become faulty."""

from __future__ import annotations

import time

from tests.bench.ground_site import LUXOS, STOCK, Ground, ground, halls
from tests.e2e.waiting import until
from tests.e2e.web import ask

EACH = 250
RESPONSE_S, WATCHED_S = 45, 20
TARGET_KW = 2_500
KINDS = ("die", "hang", "lie", "refuse", "garbage", "endless", "drip", "truncate")
PROGRAM = {"authority": "grid", "allowed": ["reduce_to_kw"], "response_s": RESPONSE_S}


def test_from_the_deadline_on_metered_power_stays_at_or_below_the_target() -> None:
    luxos = halls(LUXOS, 1_000, EACH)
    stock = halls(STOCK, 1_000, EACH, stock={"write_s": 5}, physics={"stop_s": 5})
    with ground([*luxos, *stock], programs={"ers": PROGRAM}) as site:
        site.farm()
        site.daemon()
        _break_a_tenth(site)
        assert _metered_kw(site) > 2 * TARGET_KW
        answer = site.dispatch(TARGET_KW)
        assert answer.status < 300, answer.text
        deadline = time.monotonic() + RESPONSE_S
        until(lambda: _metered_kw(site) <= TARGET_KW, "the reduction", RESPONSE_S)
        until(lambda: time.monotonic() > deadline, "the deadline", RESPONSE_S + 1)
        while time.monotonic() < deadline + WATCHED_S:
            assert _metered_kw(site) <= TARGET_KW
        failures = site.state()["fleet"]["failures"]
        assert {"no_connection", "no_reply", "refused", "garbage", "too_long"} <= failures.keys()


def _break_a_tenth(site: Ground) -> None:
    """Every tenth miner of each make, in turn in each way."""
    for make in (LUXOS, STOCK):
        faulty = site.addresses(make)[::10]
        for place, kind in enumerate(KINDS):
            site.break_(faulty[place :: len(KINDS)], kind)


def _metered_kw(site: Ground) -> float:
    """What the site's meter measures, asked at the farm itself."""
    time.sleep(0.5)
    return float(ask(site.control + "/load").json["site_w"]) / 1000
