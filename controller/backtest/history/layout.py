"""How a file of history is laid out, and what may be done about its flaws."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.signals.reading.local_times import ZoneName

Unit = Literal["per_mwh", "per_kwh", "cents_per_kwh"]
GapPolicy = Literal["refuse", "hold", "interpolate"]
RepeatPolicy = Literal["refuse", "first", "last"]

LONGEST_MINUTES = 1440
"""An interval is a day at most."""


class Layout(BaseModel):
    """Columns, zone and units of a file, and the policies for gaps and repeated rows."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    time_column: str = ""
    """Column of the times. Empty: the first one."""
    value_column: str = ""
    """Column of the values. Empty: the only other one; a file with more has to be told which."""
    zone: ZoneName = "UTC"
    """Zone of times that are written without an offset, such as America/Chicago."""
    stamps: Literal["start", "end"] = "start"
    """Whether a row's time is the start or the end of its interval."""
    unit: Unit = "per_mwh"
    """What the values are in. They become prices per MWh, and are rounded to 6 decimals if that
    changes them. Values that are no prices stay as they are under `per_mwh`."""
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)] | None = None
    """Minutes of each interval. Empty: the step that most rows of the file are apart."""
    gaps: GapPolicy = "refuse"
    """What becomes of missing intervals: `hold` repeats the value before them, `interpolate` draws
    a line from it to the value after them. The report says what was filled."""
    longest_gap_minutes: Annotated[int, Field(ge=1, le=10_080)] = 120
    """Gaps of more minutes than this are refused under every policy."""
    duplicates: RepeatPolicy = "refuse"
    """Which of several rows with the same time counts. `refuse` refuses those too that repeat the
    value. The report says how many were dropped."""
