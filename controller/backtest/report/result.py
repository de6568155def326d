"""What a report is made of."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from controller.backtest.accounts import Account
from controller.backtest.series import Series

HOUSE = "curtaild"
FLOOR = "always_on"
CEILING = "perfect"


@dataclass(frozen=True, slots=True)
class Result:
    """A judged history: every way to run the site, day by day, and the prices it saw."""

    site: str
    currency: str
    zone: str
    """The site's time zone, by its IANA name; days are local days of it."""
    first: datetime
    """Start of the judged history, aware UTC."""
    end: datetime
    """Its end, aware UTC; not part of it."""
    command: str
    """The command line that made it."""
    version: str
    """Of the code."""
    assumptions: tuple[str, ...]
    """Sentences, the policies of filled gaps among them."""
    accounts: Mapping[str, Account]
    """By name, in the order of the report. All have the same days; `curtaild`, `always_on` and
    `perfect` have to be there."""
    price: Series
    """The full price per MWh at the site's meter."""
    load_kw: array[float]
    """The site's mean load under curtaild, one for each interval of `price`."""
    notes: Mapping[str, str]
    """A remark by name of account, such as the parameters of the tuned strike."""
    books: Mapping[str, str]
    """What the daemon's own books came to: name and text."""

    def __post_init__(self) -> None:
        assert {HOUSE, FLOOR, CEILING} <= self.accounts.keys(), "an account is missing"
        days = [tuple(account.days) for account in self.accounts.values()]
        assert days[0], "there is no day to report"
        assert all(own == days[0] for own in days), "the accounts differ in their days"
        assert len(self.load_kw) == len(self.price), "each price needs its load"

    @property
    def days(self) -> tuple[date, ...]:
        """The judged local days, in order."""
        return tuple(self.accounts[HOUSE].days)

    def intervals(self, day: date) -> range:
        """The places in `price` and `load_kw` of a local day, as far as they reach."""
        zone = ZoneInfo(self.zone)
        bounds = (day, day + timedelta(days=1))
        first, stop = (
            self.price.index(datetime(at.year, at.month, at.day, tzinfo=zone)) for at in bounds
        )
        return range(max(0, first), min(len(self.price), stop))


def words(name: str) -> str:
    """The name of an account as people read it."""
    return name.replace("_", " ")
