"""The site's meter falls silent, or repeats itself: first nothing starts, then safe power holds."""

from __future__ import annotations

import pytest

from tests.e2e.site import Site
from tests.e2e.waiting import until

SAFE_KW = 20.0


@pytest.mark.parametrize("fault", ["die", "freeze"])
def test_safe_power_holds_until_it_speaks_again(site: Site, fault: str) -> None:
    site.plain["site"] |= {"safe_kw": SAFE_KW, "meter_silent_after_s": 120}
    site.plain["quality"] |= {"meter_max_age_s": 60}
    site.farm()
    site.daemon()
    site.fault("site", fault)
    until(lambda: site.state()["mode"] == "holding", "a meter that is missed")
    assert site.true_kw() > 50
    until(lambda: site.true_kw() <= SAFE_KW, "the declared safe power")
    state = site.state()
    assert state["mode"] == "failsafe"
    assert state["limit"]["because"]["reason"] == "meter_silent"
    assert any(one["about"] == "meter site" for one in state["attention"])
    site.fault("site", "clear")
    until(lambda: site.true_kw() > 50, "the return")
    assert site.state()["mode"] == "normal"
