"""Groups whose hashes are not paid for: when that begins, ends and is known to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from controller.core.economics.income import expected_losses, in_doubt, unpaid
from controller.model.remembered import Unpaid
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.model.tariff import Hosting
from tests.core.cases.sites import NOW

WATCHED = Group(income_lost_after_s=600)
CLIENTS = Group(income_lost_after_s=600, hosting=Hosting(client="Ada", price_per_mwh=Decimal(60)))
GROUPS = {"a": Group(), "b": CLIENTS, "c": WATCHED}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def seen(**paid_ago_s: float) -> Snapshot:
    """Groups whose miners run, and how long ago a share of theirs was accepted."""
    site = Site(id="s", currency="USD", zone="UTC", import_limit_w=1, groups=GROUPS)
    paid_at = {group: ago(seconds) for group, seconds in paid_ago_s.items()}
    return Snapshot(now=NOW, site=site, paid_at=paid_at)


def lost(due: datetime | None) -> State:
    return State(unpaid={"c": Unpaid(since=ago(2_000), due=due)})


def test_only_a_group_that_is_watched_and_no_clients_loses_its_income() -> None:
    assert unpaid(seen(a=600, b=600, c=599.9), State()) == {}
    found = unpaid(seen(a=600, b=600, c=600), State())
    assert found == {"c": Unpaid(since=ago(600), due=ago(600))}


@pytest.mark.parametrize(
    ("before_due", "paid", "after_due"),
    [
        (ago(2_000), {}, None),  # nobody runs any more: it is not back,
        (None, {}, None),  # nor while that lasts,
        (None, {"c": 5}, ago(5)),  # nor by running again,
        (ago(5), {"c": 5}, ago(5)),  # as long as no share is accepted.
    ],
)
def test_no_pause_brings_income_back(
    before_due: datetime | None, paid: dict[str, float], after_due: datetime | None
) -> None:
    still = {"c": Unpaid(since=ago(2_000), due=after_due)}
    assert unpaid(seen(**paid), lost(before_due)) == still


def test_a_share_brings_it_back_however_long_ago_it_was() -> None:
    assert unpaid(seen(c=4.9), lost(ago(5))) == {}
    assert unpaid(seen(c=700), lost(ago(2_000))) == {}


def test_a_loss_is_expected_where_income_is_paid_and_can_be_lost() -> None:
    everyone = seen(a=30, b=30, c=30, gone=30)
    assert expected_losses(everyone, State()) == {"c": NOW + timedelta(seconds=570)}
    assert expected_losses(everyone, lost(ago(30))) == {}, "what is lost is no more expected"


@pytest.mark.parametrize(("seconds", "doubted"), [(199.9, False), (200, True), (599, True)])
def test_income_is_in_doubt_from_the_third_part_of_its_time_on(
    seconds: float, *, doubted: bool
) -> None:
    assert list(in_doubt(seen(c=seconds), State())) == ["c"] * doubted
