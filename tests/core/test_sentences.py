"""The sentence that people read of an explanation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from controller.core.explaining.sentences import sentence
from controller.model.plan import Bound, Explanation
from controller.reasons import Reason

NOW = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=40)


def an(reason: Reason, source: str = "", **said: Any) -> Explanation:
    """Four of eight run, where nothing else is said; amounts are given as text."""
    plain = {"runs_w": 12_040, "curtailed_w": 9_000, "miners": 8, "running": 4}
    amounts = {key: Decimal(value) for key, value in said.items() if type(value) is str}
    return Explanation(reason=reason, source=source, **{**plain, **said, **amounts})


LIMIT, FLOOR = {"bound": Bound.LIMIT}, {"bound": Bound.FLOOR}
OFF: dict[str, Any] = {"runs_w": 200, "running": 0}
UNPROVEN: dict[str, Any] = {"runs_w": 22_000, "running": 0, "curtailed_w": 0}
"""They are off as far as they say, and count in full."""
FULL: dict[str, Any] = {"runs_w": 22_000, "running": 8, "curtailed_w": 0}


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            an(
                Reason.UNPROFITABLE,
                **OFF,
                earns_per_hour="-0.20",
                if_running_per_hour="-41.40",
                if_stopped_per_hour="-0.20",
                more_below_per_mwh="61.20",
            ),
            "Off: its power costs more than it earns. "
            "It saves 41.20 USD/h against running; back on below 61.20 USD/MWh.",
        ),
        (
            an(
                Reason.DISPATCH,
                **LIMIT,
                source="ers-1",
                until=SOON,
                earns_per_hour="1.10",
                if_running_per_hour="4.20",
                if_stopped_per_hour="-0.30",
                less_above_per_mwh="82.79",
                off_above_per_mwh="119.98",
            ),
            "Curtailed to 12.0 kW: a dispatch is in force (ers-1, until 19:40 UTC). "
            "It costs 3.10 USD/h against running and earns 1.40 USD/h more than standing still; "
            "less above 82.79, off above 119.98 USD/MWh.",
        ),
        (
            an(
                Reason.PROFITABLE,
                **FULL,
                until=SOON,
                earns_per_hour="5.00",
                if_running_per_hour="5.00",
                if_stopped_per_hour="-0.20",
                less_above_per_mwh="92.10",
                off_above_per_mwh="92.10",
            ),
            "Runs in full, earning 5.20 USD/h more than standing still; off above 92.10 USD/MWh.",
        ),
        (
            an(Reason.PROFITABLE, **FULL, off_above_per_mwh="92.10"),
            "Runs in full; off above 92.10 USD/MWh.",
        ),
        (
            an(
                Reason.UNPROFITABLE,
                until=SOON,
                earns_per_hour="2.00",
                if_running_per_hour="2.00",
                if_stopped_per_hour="0.00",
                more_below_per_mwh="71.00",
                off_above_per_mwh="99.00",
            ),
            "Runs at 12.0 kW: a further step would cost more than it earns. It earns 2.00 USD/h "
            "more than standing still; more below 71.00, off above 99.00 USD/MWh.",
        ),
        (
            an(
                Reason.HEAT,
                **FLOOR,
                source="greenhouse",
                earns_per_hour="-6.00",
                if_running_per_hour="-9.00",
                if_stopped_per_hour="-1.00",
            ),
            "Kept at 12.0 kW: heat is promised (greenhouse). "
            "It costs 5.00 USD/h more than standing still.",
        ),
        (
            an(
                Reason.DISPATCH,
                **OFF,
                source="ers-1",
                earns_per_hour="-0.20",
                if_running_per_hour="1234.05",
                if_stopped_per_hour="-0.20",
            ),
            "Off: a dispatch is in force (ers-1). It costs 1,234.25 USD/h against running.",
        ),
        (
            an(
                Reason.CONSENT,
                **FULL,
                source="Acme",
                earns_per_hour="-0.23",
                if_running_per_hour="-0.13",
                if_stopped_per_hour="-0.01",
            ),
            "Runs in full: its client has not agreed to be curtailed for money (Acme). It costs "
            "0.10 USD/h more than at its best level and costs 0.22 USD/h more than standing still.",
        ),
        (
            an(Reason.CONSENT, source="Acme"),
            "Kept at 12.0 kW: its client has not agreed to be curtailed for money (Acme).",
        ),
        (
            an(Reason.MINIMUM_ON, until=SOON),
            "Kept at 12.0 kW: it started too recently to be stopped for money (until 19:40 UTC).",
        ),
        (
            an(
                Reason.MINIMUM_OFF,
                **UNPROVEN,
                earns_per_hour="-1.30",
                if_running_per_hour="1.20",
                if_stopped_per_hour="-1.30",
            ),
            "Off: it stopped or changed too recently to be raised. "
            "It costs 2.50 USD/h against running.",
        ),
        (
            an(Reason.PRICE_UNKNOWN, **FULL),
            "Runs in full. No fresh price: what runs may run, nothing starts.",
        ),
        (
            an(Reason.HELD_BY_PERSON, source="hold-1 by Ada", until=NOW + timedelta(days=2)),
            "Stays at 12.0 kW. A person holds the site: nothing starts or stops for money "
            "(hold-1 by Ada, until 8 Sep 19:00 UTC).",
        ),
        (
            an(Reason.IMPORT_LIMIT, **LIMIT, source="import limit"),
            "Curtailed to 12.0 kW: the site's import limit.",
        ),
        (
            an(Reason.ENGINE, **FLOOR, earns_per_hour="-6.00", if_stopped_per_hour="0.00"),
            "Kept at 12.0 kW: what the generators can take or need. "
            "It costs 6.00 USD/h more than standing still.",
        ),
        (
            an(Reason.ENGINE, **LIMIT),
            "Curtailed to 12.0 kW: what the generators can take or need.",
        ),
        (
            an(Reason.MANUAL_ORDER, **FLOOR, source="o-1 by Ada", until=SOON),
            "Kept at 12.0 kW: a person ordered it (o-1 by Ada, until 19:40 UTC).",
        ),
        (
            an(Reason.INCOME_LOST, more_below_per_mwh="0.00"),
            "Runs at 12.0 kW. No share is accepted: hashing earns nothing until one is. "
            "More below 0.00 USD/MWh.",
        ),
        (
            an(Reason.COOLING, **FULL, off_above_per_mwh="92.10"),
            "Is to run in full: its fans have to run first. Off above 92.10 USD/MWh.",
        ),
        (
            an(
                Reason.MINIMUM_OFF,
                **OFF,
                until=SOON,
                less_above_per_mwh="82.79",
                off_above_per_mwh="119.98",
            ),
            "Off: it stopped or changed too recently to be raised (until 19:40 UTC). "
            "Stays off above 119.98 USD/MWh.",
        ),
        (
            an(Reason.UNREACHABLE, runs_w=0, miners=0, running=0, curtailed_w=0),
            "Nothing here can be told anything: the miner cannot be reached.",
        ),
        (
            an(Reason.METER_SILENT, more_below_per_mwh="1234.50"),
            "Stays at 12.0 kW. A meter is silent: nothing starts behind it until it speaks. "
            "More below 1,234.50 USD/MWh.",
        ),
    ],
)
def test_it_says_what_was_decisive_what_it_is_worth_and_what_would_change_it(
    one: Explanation, said: str
) -> None:
    assert sentence(one, "USD", NOW) == said


@pytest.mark.parametrize("standing", [OFF, {}, FULL, {"miners": 0, "running": 0}])
@pytest.mark.parametrize("reason", Reason)
def test_there_is_one_for_every_reason(reason: Reason, standing: dict[str, Any]) -> None:
    said = sentence(an(reason, **standing, source="x-1", until=SOON), "USD", NOW)
    assert said.endswith(".")
    assert said[0].isupper()
    assert not any(wrong in said for wrong in ("None", "..", "()", "  ", ": :"))
    in_full = reason is Reason.PROFITABLE and standing is FULL
    next_step = reason is Reason.UNPROFITABLE and not standing
    assert in_full or next_step or reason.text[1:] in said


def test_times_are_those_of_the_site() -> None:
    until = datetime(2023, 9, 7, 4, 30, tzinfo=UTC)
    one = an(Reason.DISPATCH, source="ers-1", until=until)
    assert "until 7 Sep 04:30 UTC" in sentence(one, "USD", NOW)
    assert "until 23:30 CDT)" in sentence(one, "USD", NOW, ZoneInfo("America/Chicago"))


def test_what_comes_to_nothing_is_not_told() -> None:
    even = dict.fromkeys(("earns_per_hour", "if_running_per_hour", "if_stopped_per_hour"), "1.00")
    assert "USD" not in sentence(an(Reason.DISPATCH, **even), "USD", NOW)
    assert "USD" not in sentence(an(Reason.PROFITABLE, **FULL, **even), "USD", NOW)


def test_cents_are_told_too() -> None:
    """-0.20 instead of -0.50."""
    amounts = {"earns_per_hour": "-0.20", "if_running_per_hour": "-0.50"}
    said = sentence(an(Reason.UNPROFITABLE, **OFF, **amounts), "USD", NOW)
    assert said.endswith("It saves 0.30 USD/h against running.")
