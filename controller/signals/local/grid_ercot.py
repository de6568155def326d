"""What ERCOT says of its grid: conditions, reserves, load. It informs and never orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from controller.model.samples import ConditionSample, Sample, SignalSample
from controller.signals.local.range import SignalName
from controller.signals.markets.ercot_listing import listing, newest
from controller.signals.markets.ercot_tables import TEXAS
from controller.signals.polled.settings import Address, PolledSettings
from controller.signals.polled.source import Ask, Page
from controller.signals.reading.csv_rows import columns, text_of
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.times import time_reader
from controller.signals.reading.unzip import member
from controller.signals.reading.wall_times import moment

DASHBOARD = "api/1/services/read/dashboards/daily-prc.json"
LOAD_REPORT = 13101
"""NP6-345-CD: actual system load by weather zone, each hour of the day before."""
_CONDITION = "current_condition"
_COLUMNS = ("OperDay", "HourEnding", "TOTAL", "DSTFlag")


class GridErcotSettings(PolledSettings):
    """ERCOT's grid conditions, or its system load."""

    unverified: ClassVar[str] = "the whole dashboard: only its `current_condition` was recorded"

    adapter: Literal["grid_ercot"]
    signal: SignalName = Field(description="The name under which it is shown.")
    product: Literal["conditions", "reserves", "system_load"] = Field(
        "conditions",
        description=(
            "`conditions`: its word on them; `reserves`: physical responsive capability in MW; "
            "`system_load`: load of the last hour that is published, in MW. None of them orders: "
            "rules may not follow them."
        ),
    )
    max_age_s: int = Field(
        900, ge=60, le=604_800, description="A word older than this is stale; load is a day old."
    )
    base_url: Address = Field("https://www.ercot.com", description="Another address of the same.")
    poll_s: float = Field(
        60.0, ge=10, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    least: ClassVar[Decimal] = Decimal(0)
    most: ClassVar[Decimal] = Decimal(200_000)
    informs: ClassVar[bool] = True

    @property
    def condition(self) -> bool:
        return self.product == "conditions"

    @model_validator(mode="after")
    def _old_enough(self) -> GridErcotSettings:
        if self.product == "system_load" and self.max_age_s < 129_600:
            raise ValueError("max_age_s: system_load comes a day late: at least 129600")
        return self


class GridErcotSource:
    """The dashboard, or the last posting of the load report."""

    def __init__(self, settings: GridErcotSettings) -> None:
        self._settings = settings

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        base = self._settings.base_url
        if self._settings.product == "system_load":
            return (listing(base, LOAD_REPORT),)
        return (Ask(f"{base}/{DASHBOARD}"),)

    def listed(self, page: Page, _now: datetime, /) -> Sequence[Ask]:
        return newest(page.body, self._settings.base_url, 1)

    def over_at(self, _sample: Sample, /) -> datetime | None:
        return None

    def read(self, page: Page, /) -> Sequence[ConditionSample | SignalSample]:
        if self._settings.product == "system_load":
            return (self._load(page),)
        current = find(_CONDITION, *[parsed(page.body)] * 2)
        at = _time(find("datetime", current, current))
        name = self._settings.signal
        if self._settings.product == "reserves":
            megawatts = str(find("prc_value", current, current)).replace(",", "")
            return (SignalSample(name=name, at=at, value=megawatts),)
        title = find("title", current, current)
        return (ConditionSample(name=name, at=at, text=str(title or "")),)

    def _load(self, page: Page) -> SignalSample:
        """Of the last hour in the posting, stamped with its end."""
        _, content = member(page.body, (".csv",), self._settings.reply_limit_bytes)
        rows = list(columns(text_of(content), _COLUMNS))
        if not rows:
            raise ValueError("holds no hour")
        day, hour, total, flag = rows[-1]
        return SignalSample(name=self._settings.signal, at=_end(day, hour, flag), value=total)


def _time(written: Any) -> datetime:
    try:
        return time_reader("unix_s", "UTC")(written)
    except ValueError as error:
        raise ValueError(f"path {_CONDITION}.datetime: {str(written)[:40]!r} {error}") from error


def _end(day: str, hour: str, flag: str) -> datetime:
    """The end of an hour that is named by it: 24:00 is the midnight after the day."""
    try:
        start = datetime.strptime(day, "%m/%d/%Y").replace(hour=int(hour[:2]) - 1)  # noqa: DTZ007
        at = moment(start, TEXAS, second=flag == "Y")
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{day[:20]} {hour[:20]} is no hour of Texas") from error
    return datetime.fromtimestamp(at.timestamp() + 3600, UTC)
