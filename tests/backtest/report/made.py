"""Results made up for tests: plain ones with round numbers, and one of years that looks real."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from controller.backtest.accounts import Account, Day
from controller.backtest.report.result import Result
from controller.backtest.series import Series

ZONE = "America/Chicago"
NAMES = ("curtaild", "always_on", "off", "strike", "tuned_strike", "perfect")
COMMAND = "curtaild backtest --config 'a & b.yaml' --html <out>"
_REVENUE_PER_MWH = 90.0
_SITE_KW = 1_000.0


def days_from(first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=place) for place in range(count))


def accounts(
    days: Iterable[date], profit: Callable[[str, date], float], names: Iterable[str] = NAMES
) -> dict[str, Account]:
    """Every account with the profits that `profit` says, and a MWh, an hour and a start a day."""
    every = tuple(days)
    return {
        name: Account(name, {day: Day(profit(name, day), 1.0, 1.0, 1.0, 1.0) for day in every})
        for name in names
    }


def result_of(found: Mapping[str, Account], minutes: int = 60) -> Result:
    """A report of these accounts; the price is 50 and the load 1,000 kW all the time."""
    days = tuple(found["curtaild"].days)
    start, end = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    count = int((end - start) / timedelta(minutes=minutes))
    price = Series(start, minutes, array("f", [50.0]) * count)
    return _result(found, price, array("f", [_SITE_KW]) * count)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(ZONE)).astimezone(UTC)


def years(first: date = date(2021, 1, 1), count: int = 1095, minutes: int = 15) -> Result:
    """Years of a site of 1 MW in a market with peaks, negative hours and the storm."""
    days = days_from(first, count)
    prices, loads = array("f"), array("f")
    sums: dict[str, dict[date, Day]] = {name: {} for name in NAMES}
    chance = Random(7)
    for day in days:
        length = midnight(day + timedelta(days=1)) - midnight(day)
        own = [
            _price(chance, day, place, minutes)
            for place in range(length // timedelta(minutes=minutes))
        ]
        kilowatts = _run(own, lag=1)
        prices.extend(own)
        loads.extend(kilowatts)
        for name, load in _ways(own, kilowatts).items():
            sums[name][day] = _day(own, load, minutes)
    return _result(
        {name: Account(name, own) for name, own in sums.items()},
        Series(midnight(first), minutes, prices),
        loads,
    )


def _price(chance: Random, day: date, place: int, minutes: int) -> float:
    hour = place * minutes / 60
    if date(2021, 2, 15) <= day <= date(2021, 2, 18):
        return 9_000.0
    usual = 30 + 25 * (16 <= hour < 20) - 25 * (2 <= hour < 4)
    evening = 40.0 * (day.toordinal() * 7 % 23) if day.toordinal() % 9 == 0 else 0.0
    spike = chance.expovariate(1 / 300) if chance.random() < 0.002 else 0.0
    return usual + chance.gauss(0, 10) + evening * (17 <= hour < 19) + spike


def _run(prices: list[float], lag: int) -> list[float]:
    """What runs when a price is known so many intervals late."""
    return [_SITE_KW * (prices[max(0, at - lag)] < _REVENUE_PER_MWH) for at in range(len(prices))]


def _ways(prices: list[float], kilowatts: list[float]) -> dict[str, list[float]]:
    return {
        "curtaild": kilowatts,
        "always_on": [_SITE_KW] * len(prices),
        "off": [0.0] * len(prices),
        "strike": _run(prices, lag=4),
        "tuned_strike": _run(prices, lag=2),
        "perfect": _run(prices, lag=0),
    }


def _day(prices: list[float], load: list[float], minutes: int) -> Day:
    energy = [kw * minutes / 60_000 for kw in load]
    profit = sum(
        mwh * (_REVENUE_PER_MWH - price) for mwh, price in zip(energy, prices, strict=True)
    )
    hours = sum(energy) * 1_000 / _SITE_KW
    starts = sum(before < after for before, after in pairwise(load))
    full = len(prices) * minutes / 60_000 * _SITE_KW
    return Day(profit, sum(energy), full - sum(energy), hours, float(starts))


def _result(found: Mapping[str, Account], price: Series, load_kw: array[float]) -> Result:
    return Result(
        site="West <Texas> & Sons",
        currency="$",
        zone=ZONE,
        first=price.start,
        end=price.end,
        command=COMMAND,
        version="0.1.0",
        assumptions=("Prices are of the hub.", "Gaps of up to 2 hours hold the last price."),
        accounts=found,
        price=price,
        load_kw=load_kw,
        notes={"tuned_strike": "at 88 $/MWh, chosen on 2020"},
        books={"profit": "1,234.56 $ by the daemon's books"},
    )
