"""How the utility writes what its revenue meter counted, and how far ours may differ."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from controller.signals.reading.local_times import ZoneName

Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Cell = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Quality = Literal["actual", "estimated", "missing"]
Unit = Literal["wh", "kwh", "mwh", "kw", "pulses"]
Factor = Annotated[Decimal, Field(gt=0, le=1_000_000)]

_SAMPLE = datetime(2026, 11, 30, 23, 45)  # noqa: DTZ001 - a format is tried on it, nothing more


def _a_format(pattern: str) -> str:
    try:
        read = datetime.strptime(_SAMPLE.strftime(pattern), pattern)  # noqa: DTZ007 - as above
    except ValueError:
        read = None
    if read is None or read.replace(tzinfo=None, second=0) != _SAMPLE:
        raise ValueError("must say date, hour and minute, such as %m/%d/%Y %H:%M")
    return pattern


TimeFormat = Annotated[str, StringConstraints(max_length=60), AfterValidator(_a_format)]


class RevenueMeterSettings(BaseModel):
    """The meter that the utility bills by, imported from CSV: `curtaild ledger import-meter`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    unverified: ClassVar[str] = "the columns of every portal: there is no recording of one"
    """What of the format was written without a recording."""

    time_column: Column
    """Column of the interval's time; with `date_column`, of its time of day."""
    date_column: Column | None = None
    """Column of the day, where it stands by itself."""
    time_format: TimeFormat | None = None
    """How a time is written, as strptime has it, `date_column` and a space before `time_column`;
    left out: ISO 8601."""
    zone: ZoneName
    """Zone of times that are written without an offset."""
    stamp: Literal["start", "end"] = "start"
    """Whether the time is that of the interval's start or of its end."""
    interval_minutes: Literal[5, 10, 15, 20, 30, 60] = 15
    """Length of the meter's intervals."""
    energy_column: Column
    """Column of the energy of the interval. A register that counts on is none."""
    unit: Unit = "kwh"
    """What it is in; `kw` is the mean power of the interval."""
    unit_column: Column | None = None
    """Column that repeats the unit; a row that says another one is refused."""
    wh_per_pulse: Factor | None = None
    """With `unit: pulses`."""
    multiplier: Factor = Decimal(1)
    """Of the transformers before the meter: ratio of current times ratio of voltage; 1 where the
    utility has multiplied already."""
    loss_factor: Annotated[Decimal, Field(ge=Decimal("0.8"), le=Decimal("1.2"))] = Decimal(1)
    """Compensates the losses between the meter and the metering point: 1.012 adds 1.2 %."""
    sign: Literal[1, -1] = 1
    """-1 where what the site draws is written as negative."""
    revision_column: Column | None = None
    """Column by which a row is newer than another of its interval: a whole number, or a time. Left
    out: what is imported later is newer."""
    revision_format: TimeFormat | None = None
    """Where the revision is a time: how it is written."""
    quality_column: Column | None = None
    """Column of a code that says how the energy is known."""
    quality: dict[Cell, Quality] = Field(default_factory=dict)
    """What each code means; rows that are missing are passed over, another code is refused."""
    only: dict[Column, Cell] = Field(default_factory=dict)
    """Columns and what has to stand there, for the number of the meter and the direction; other
    rows are passed over."""
    delimiter: Literal[",", ";", "\t", "|"] = ","
    """Between two columns."""
    decimal_mark: Literal[".", ","] = "."
    """In numbers."""
    encoding: Literal["utf-8", "utf-16", "cp1252"] = "utf-8"
    """Of the file."""
    tolerance_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(2)
    """By how much of the billed energy our meter may differ in an interval,"""
    tolerance_kwh: Annotated[Decimal, Field(ge=0, le=1_000_000)] = Decimal(1)
    """or by this much, if that is more: a coarse counter is off by its step."""
    oldest_days: Annotated[int, Field(ge=1, le=3660)] = 730
    """A file that ends longer ago is refused without --force."""

    @model_validator(mode="after")
    def _whole(self) -> RevenueMeterSettings:
        if (self.unit == "pulses") != (self.wh_per_pulse is not None):
            raise ValueError("unit: pulses and wh_per_pulse go together")
        if (self.quality_column is None) != (not self.quality):
            raise ValueError("quality_column and quality go together")
        if self.revision_format is not None and self.revision_column is None:
            raise ValueError("revision_format needs revision_column")
        return self
