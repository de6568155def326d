"""The report as plain values, for --json. Its keys are a promise to programs.

site, currency, zone, first, end, command, version   as in `Result`; times in ISO 8601, UTC
assumptions                                          sentences
notes, books                                         texts by name
intervals    {level, resamples, block_days}: how the intervals were found
parts        [{name, first, last, days, weeks, without_storm, accounts}], the whole first;
             accounts: {account: {figure: {value, interval}}}, of the figures
             profit (currency), energy_mwh, curtailed_mwh, hours and starts (of the mean miner),
             share (of 1; null where foresight gains nothing). An interval is [low, high], or
             null where there are less than two weeks
monthly      {account: [{month, profit, energy_mwh, curtailed_mwh, hours, starts}]}
"""

from __future__ import annotations

from typing import Any

from controller.backtest.accounts import Account, Day
from controller.backtest.report.bootstrap import LEVEL, RESAMPLES, WEEK_DAYS
from controller.backtest.report.result import Result
from controller.backtest.report.summary import (
    SUMS,
    Figure,
    Figures,
    Part,
    monthly,
    summarise,
)

_DIGITS = {"profit": 2, "energy_mwh": 3, "curtailed_mwh": 3, "hours": 2, "starts": 2, "share": 4}


def plain(result: Result) -> dict[str, Any]:
    """The whole report as dictionaries, lists, strings and numbers."""
    return {
        "site": result.site,
        "currency": result.currency,
        "zone": result.zone,
        "first": result.first.isoformat(),
        "end": result.end.isoformat(),
        "command": result.command,
        "version": result.version,
        "assumptions": list(result.assumptions),
        "notes": dict(result.notes),
        "books": dict(result.books),
        "intervals": {"level": LEVEL, "resamples": RESAMPLES, "block_days": WEEK_DAYS},
        "parts": [_part(part) for part in summarise(result)],
        "monthly": {name: _months(account) for name, account in result.accounts.items()},
    }


def _part(part: Part) -> dict[str, Any]:
    days = part.span.days
    return {
        "name": part.name,
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "days": len(days),
        "weeks": part.weeks,
        "without_storm": part.span.without_storm,
        "accounts": {name: _figures(figures) for name, figures in part.accounts.items()},
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {field: _figure(field, getattr(figures, field)) for field in (*SUMS, "share")}


def _figure(field: str, figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    bounds = None
    if figure.low is not None and figure.high is not None:
        bounds = [_rounded(field, figure.low), _rounded(field, figure.high)]
    return {"value": _rounded(field, figure.value), "interval": bounds}


def _months(account: Account) -> list[dict[str, Any]]:
    return [{"month": month, **_sums(day)} for month, day in monthly(account).items()]


def _sums(day: Day) -> dict[str, float]:
    return {field: _rounded(field, getattr(day, field)) for field in SUMS}


def _rounded(field: str, value: float) -> float:
    return round(value, _DIGITS[field]) + 0.0
