"""What clients owe, in settlement intervals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.books.settlement import Accrual, Rules, accrue, settle
from controller.core.observations.metering import MeterBounds
from controller.model.fleet import OFF
from controller.model.site import Group
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.sites_at_a_loss import fleet, plan_of, seen, site

MINUTE = timedelta(minutes=1)


def test_a_quarter_of_an_hour_of_two_clients_miners_and_two_that_stand_still() -> None:
    """5.588 kW for a quarter of an hour at 60 $/MWh; and 5.538 kW that a client did not draw."""
    terms = Hosting(client="Ada", price_per_mwh=Decimal(60), consent=Consent.LAST)
    declared = site(groups={"a": Group(hosting=terms)})
    everyone = fleet("a", "plain", 2, off=2)
    locked = {name: replace(one, locked=one.level == OFF) for name, one in everyone.items()}
    first = seen(declared, locked)
    plan = plan_of(first)
    acc = Accrual(rules=Rules(bounds=MeterBounds(max_w=1_000_000)))
    for minute in range(17):
        now = NOW + minute * MINUTE
        acc = accrue(acc, replace(first, now=now), replace(plan, at=now))
    _, (settled,) = settle(acc, NOW + 17 * MINUTE)
    interval = settled.interval
    assert interval.hash_revenue == 0
    assert interval.hosting_revenue == Decimal("0.08382") + 2 * 25 * Decimal("0.000015")
    foregone = interval.curtailed[Reason.MAINTENANCE_LOCK].foregone_revenue
    assert foregone == Decimal("0.08307")
