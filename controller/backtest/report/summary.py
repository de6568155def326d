"""What each way to run the site came to over each part of the history, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from controller.backtest.accounts import Account, Day, total
from controller.backtest.report.bootstrap import WEEK_DAYS, interval, resamples, totals, weekly
from controller.backtest.report.result import CEILING, FLOOR, Result
from controller.backtest.report.spans import Span, spans

SUMS = ("profit", "energy_mwh", "curtailed_mwh", "hours", "starts")
_LEAST_GAIN = 0.01
"""A perfect gain below a hundredth of the currency is none: there is nothing to have a share of."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the 90 % interval around it."""

    value: float
    low: float | None
    high: float | None
    """Both are None where there is less than two weeks to draw from."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one account came to."""

    profit: Figure
    """In the site's currency."""
    energy_mwh: Figure
    curtailed_mwh: Figure
    hours: Figure
    """For how long the mean miner ran."""
    starts: Figure
    """A miner."""
    share: Figure | None
    """(profit − always_on) ÷ (perfect − always_on); None where foresight would have gained nothing.
    It has no upper bound, and is below 0 for who does worse than always on."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the judged days, and what every account came to in them."""

    span: Span
    accounts: Mapping[str, Figures]
    """By name, in the order of the result."""

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def weeks(self) -> int:
        return -(-len(self.span.days) // WEEK_DAYS)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A sum, and what it is in each resample."""

    value: float
    resamples: Sequence[float]

    def figure(self) -> Figure:
        if not self.resamples:
            return Figure(self.value, None, None)
        return Figure(self.value, *interval(self.resamples))

    def less(self, other: _Drawn) -> _Drawn:
        pairs = zip(self.resamples, other.resamples, strict=True)
        return _Drawn(self.value - other.value, [own - its for own, its in pairs])


def summarise(result: Result) -> tuple[Part, ...]:
    """Every part of the history; the first is the whole. All accounts of a part are drawn by the
    same weeks, so that their difference is not blurred by weeks that only one of them saw."""
    return tuple(_part(result, span) for span in spans(result.days))


def monthly(account: Account) -> dict[str, Day]:
    """Sums by month of the local day, `2021-02`, in order."""
    months: dict[str, list[Day]] = {}
    for day, sums in account.days.items():
        months.setdefault(f"{day:%Y-%m}", []).append(sums)
    return {month: total(days) for month, days in months.items()}


def _part(result: Result, span: Span) -> Part:
    many = len(span.days) > WEEK_DAYS
    weights = resamples(len(span.days)) if many else []
    drawn = {
        name: {field: _drawn(account, field, span.days, weights) for field in SUMS}
        for name, account in result.accounts.items()
    }
    floor, ceiling = drawn[FLOOR]["profit"], drawn[CEILING]["profit"]
    found = {
        name: Figures(
            **{field: each.figure() for field, each in own.items()},
            share=_share(own["profit"].less(floor), ceiling.less(floor)),
        )
        for name, own in drawn.items()
    }
    return Part(span, found)


def _drawn(
    account: Account, field: str, days: Sequence[date], weights: Sequence[Sequence[float]]
) -> _Drawn:
    values: list[float] = [getattr(account.days[day], field) for day in days]
    return _Drawn(sum(values), totals(weights, weekly(values)))


def _share(gain: _Drawn, best: _Drawn) -> Figure | None:
    """The share of the sums, and in each resample the ratio of its sums; without a gain, none."""
    if best.value < _LEAST_GAIN:
        return None
    pairs = zip(gain.resamples, best.resamples, strict=True)
    ratios = [own / most for own, most in pairs if most >= _LEAST_GAIN]
    return _Drawn(gain.value / best.value, ratios).figure()
