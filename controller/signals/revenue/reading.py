"""A file of the revenue meter as rows of energy. Nothing is judged but whether it can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from controller.model.revenue_meter import RevenueFile, RevenueReading, RevenueRow
from controller.signals.revenue.columns import Line, lines
from controller.signals.revenue.energy import factor_wh, number
from controller.signals.revenue.rows import Row, is_ours, row_of
from controller.signals.revenue.settings import RevenueMeterSettings
from controller.signals.revenue.wall_times import WallTimes

_YEARS = range(2000, 2200)


def read_revenue_file(content: bytes, settings: RevenueMeterSettings) -> RevenueFile:
    """The rows in the order of the file.

    Raises:
        ValueError: naming the row and what is wrong with it.
    """
    reader, rows = _Reader(settings), []
    blank = others = 0
    for line in lines(content, settings):
        if not is_ours(line, settings):
            others += 1
        elif (reading := reader.reading(line)) is None:
            blank += 1
        else:
            rows.append(RevenueRow(line.number, reading))
    reader.finish()
    if not rows:
        passed = f"{others} are of others (only), {blank} have no energy"
        raise ValueError(f"has no row of this meter: {passed}")
    broken_off = not content.rstrip(b"\0").endswith(b"\n") and not reader.ends_a_day(rows)
    return RevenueFile(tuple(rows), blank, others, broken_off)


class _Reader:
    """Of one file: where its repeated hour belongs depends on the rows before."""

    def __init__(self, settings: RevenueMeterSettings) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.zone)
        self._times = WallTimes(self._zone)
        self._step = timedelta(minutes=settings.interval_minutes)
        self._factor_wh = factor_wh(settings)

    def reading(self, line: Line) -> RevenueReading | None:
        """What a row says; None where it has no energy."""
        try:
            return self._read(row_of(line, self._settings))
        except (ValueError, OverflowError) as error:
            raise ValueError(f"row {line.number}: {error}") from None

    def finish(self) -> None:
        """Raises ValueError where half of a repeated hour is missing."""
        self._times.finish()

    def ends_a_day(self, rows: Sequence[RevenueRow]) -> bool:
        """Whether the last interval ends where the day does."""
        end = max(row.reading.start for row in rows) + self._step
        return end.astimezone(self._zone).time() == time(0)

    def _read(self, row: Row) -> RevenueReading | None:
        # Utilities write the hour that is skipped in spring, without an energy.
        if not row.energy and not self._times.exists(row.written):
            return None
        start = self._start(row)
        if not row.energy:
            return None
        return RevenueReading(
            start=start,
            minutes=self._settings.interval_minutes,
            energy_wh=number(row.energy, self._settings.decimal_mark) * self._factor_wh,
            estimated=row.estimated,
            revision=row.revision,
        )

    def _start(self, row: Row) -> datetime:
        at = self._times.place(row.written, row.revision)
        start = at - self._step if self._settings.stamp == "end" else at
        local = start.astimezone(self._zone)
        if local.year not in _YEARS:
            raise ValueError(f"{row.written} is in no year of {_YEARS.start} to {_YEARS.stop - 1}")
        if (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) % self._step:
            minutes = self._settings.interval_minutes
            raise ValueError(f"{row.written} is between two intervals of {minutes} minutes")
        return start
