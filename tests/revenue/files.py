"""Files of a revenue meter, in the columns that Texan utilities use; the rows are our own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from controller.signals.revenue.settings import RevenueMeterSettings

ZONE = ZoneInfo("America/Chicago")
HEADER = (
    "ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,"
    "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION"
)
SECTION: dict[str, Any] = {
    "date_column": "USAGE_DATE",
    "time_column": "USAGE_START_TIME",
    "time_format": "%m/%d/%Y %H:%M",
    "zone": "America/Chicago",
    "energy_column": "USAGE_KWH",
    "revision_column": "REVISION_DATE",
    "revision_format": "%m/%d/%Y %H:%M:%S",
    "quality_column": "ESTIMATED_ACTUAL",
    "quality": {"A": "actual", "E": "estimated", "M": "missing"},
    "only": {"CONSUMPTION_SURPLUSGENERATION": "Consumption"},
}


def settings(**changes: Any) -> RevenueMeterSettings:
    return RevenueMeterSettings.model_validate(SECTION | changes)


def plain(**changes: Any) -> RevenueMeterSettings:
    """Of a file with the columns `start` and `kwh`."""
    section = {"time_column": "start", "energy_column": "kwh", "zone": "America/Chicago"}
    return RevenueMeterSettings.model_validate(section | changes)


def row(
    start: datetime,
    kwh: object,
    *,
    minutes: int = 15,
    revision: str = "07/02/2025 07:37:17",
    quality: str = "A",
    direction: str = "Consumption",
) -> str:
    """A row as the portal writes it: local times, spaces and an apostrophe included."""
    local = start.astimezone(ZONE)
    end = (start + timedelta(minutes=minutes)).astimezone(ZONE)
    return (
        f"'10400000000000001,{local:%m/%d/%Y},{revision}, {local:%H:%M}, {end:%H:%M},{kwh},"
        f"{quality},{direction}"
    )


def file(rows: Iterable[str], header: str = HEADER) -> bytes:
    return "".join(f"{line}\n" for line in (header, *rows)).encode()


def starts(first: datetime, count: int, minutes: int = 15) -> Sequence[datetime]:
    return [first + timedelta(minutes=minutes * number) for number in range(count)]


def local_day(year: int, month: int, day: int, minutes: int = 15) -> Sequence[datetime]:
    """Every interval of a day by the clocks of Chicago, however long it is."""
    at = datetime(year, month, day, tzinfo=ZONE).astimezone(UTC)
    end = datetime(year, month, day + 1, tzinfo=ZONE).astimezone(UTC)
    return starts(at, (end - at) // timedelta(minutes=minutes), minutes)
