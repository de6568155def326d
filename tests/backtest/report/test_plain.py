"""The report as JSON: its keys are a promise."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from controller.backtest.report.plain import plain
from controller.backtest.report.result import Result
from tests.backtest.report.made import COMMAND, NAMES, accounts, days_from, result_of

FIGURES = ["profit", "energy_mwh", "curtailed_mwh", "hours", "starts", "share"]


@pytest.fixture(scope="module")
def told(three_years: Result) -> dict[str, Any]:
    return plain(three_years)


def test_it_survives_json_as_it_is(told: dict[str, Any]) -> None:
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_its_keys(told: dict[str, Any]) -> None:
    head = ["site", "currency", "zone", "first", "end", "command", "version", "assumptions"]
    assert list(told) == [*head, "notes", "books", "intervals", "parts", "monthly"]
    assert told["first"] == "2021-01-01T06:00:00+00:00"
    assert told["command"] == COMMAND
    assert told["intervals"] == {"level": 0.9, "resamples": 1000, "block_days": 7}
    for part in told["parts"]:
        keys = ["name", "first", "last", "days", "weeks", "without_storm", "accounts"]
        assert list(part) == keys
        assert list(part["accounts"]) == list(NAMES)
        for account in part["accounts"].values():
            assert list(account) == FIGURES


def test_its_figures_and_intervals(told: dict[str, Any]) -> None:
    whole = told["parts"][0]
    assert (whole["days"], whole["weeks"]) == (1095, 157)
    for account in whole["accounts"].values():
        for figure in account.values():
            low, high = figure["interval"]
            assert low <= figure["value"] + 0.01
            assert figure["value"] <= high + 0.01


def test_where_there_is_no_interval_and_no_share() -> None:
    days = days_from(date(2022, 1, 1), 3)
    account = plain(result_of(accounts(days, lambda *_: 1.004)))["parts"][0]["accounts"]["curtaild"]
    assert account["profit"] == {"value": 3.01, "interval": None}
    assert account["share"] is None


def test_months_add_up_to_the_whole(told: dict[str, Any]) -> None:
    whole = told["parts"][0]["accounts"]
    assert list(told["monthly"]) == list(NAMES)
    for name, months in told["monthly"].items():
        assert len(months) == 36
        assert list(months[0]) == ["month", *FIGURES[:-1]]
        assert (months[0]["month"], months[-1]["month"]) == ("2021-01", "2023-12")
        profit = sum(month["profit"] for month in months)
        assert profit == pytest.approx(whole[name]["profit"]["value"], abs=0.5)
