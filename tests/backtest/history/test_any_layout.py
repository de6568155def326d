"""Any series, written in any layout, reads back as it was."""

from __future__ import annotations

import gzip
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from controller.backtest.history import Layout, read_series
from controller.backtest.series import Series

# Near a change of the clocks in each of the zones, and a day without one.
STARTS = [
    datetime(2022, 3, 12, 22, tzinfo=UTC),
    datetime(2022, 3, 27, 0, tzinfo=UTC),
    datetime(2022, 4, 2, 12, tzinfo=UTC),
    datetime(2022, 10, 29, 22, tzinfo=UTC),
    datetime(2022, 11, 6, 4, tzinfo=UTC),
    datetime(2022, 7, 1, tzinfo=UTC),
]
ZONES = ["UTC", "America/Chicago", "Europe/Oslo", "Australia/Lord_Howe", "Asia/Kolkata"]
PER_MWH = {"per_mwh": Decimal(1), "per_kwh": Decimal(1000), "cents_per_kwh": Decimal(10)}
LOCAL, UTC_Z, OFFSET = "local", "Z", "offset"
PRICES = st.decimals(-10_000, 10_000, places=3, allow_nan=False)


@dataclass(frozen=True)
class Writing:
    """How a series is written."""

    layout: Layout
    times: str
    packed: bool
    cuts: Sequence[int]


@st.composite
def series(draw: st.DrawFn) -> Series:
    minutes = draw(st.sampled_from([5, 15, 30]))
    offset = minutes * draw(st.integers(0, 24))
    start = draw(st.sampled_from(STARTS)) + timedelta(minutes=offset)
    prices = draw(st.lists(PRICES, min_size=1, max_size=80))
    return Series(start, minutes, array("d", (float(price) for price in prices)))


@st.composite
def writings(draw: st.DrawFn) -> Writing:
    layout = Layout(
        zone=draw(st.sampled_from(ZONES)),
        stamps=draw(st.sampled_from(["start", "end"])),
        unit=draw(st.sampled_from(["per_mwh", "per_kwh", "cents_per_kwh"])),
    )
    times = draw(st.sampled_from([LOCAL, UTC_Z, OFFSET]))
    return Writing(
        layout, times, draw(st.booleans()), draw(st.lists(st.integers(1, 79), max_size=3))
    )


@given(series(), writings())
def test_any_series_in_any_layout_reads_back(whole: Series, writing: Writing) -> None:
    layout = writing.layout.model_copy(update={"minutes": whole.minutes})
    with TemporaryDirectory() as folder:
        paths = write(whole, writing, Path(folder))
        back, sentences = read_series(paths[::-1], layout)
    assert back == whole
    assert sentences == ()


@given(series(), st.sets(st.integers(1, 78)))
def test_holding_keeps_what_is_there_and_repeats_it(whole: Series, lost: set[int]) -> None:
    last = len(whole) - 1
    kept = [index for index in range(len(whole)) if index not in lost or index == last]
    assume(not looks_like_another_resolution(kept))
    rows = [f"{whole.time(index).isoformat()},{whole.values[index]!r}" for index in kept]
    layout = Layout(gaps="hold", minutes=whole.minutes, longest_gap_minutes=10_080)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "prices.csv"
        path.write_text("\n".join(["time,price", *rows]))
        back, _ = read_series([path], layout)
    held = (max(index for index in kept if index <= at) for at in range(len(whole)))
    assert back == Series(whole.start, whole.minutes, array("d", (whole.values[at] for at in held)))


def write(whole: Series, writing: Writing, folder: Path) -> list[Path]:
    """The series as files, in order of time."""
    edges = sorted({0, len(whole), *(cut for cut in writing.cuts if cut < len(whole))})
    return [
        write_part(whole, range(first, stop), writing, folder / f"{first}.csv")
        for first, stop in pairwise(edges)
    ]


def write_part(whole: Series, part: range, writing: Writing, path: Path) -> Path:
    layout = writing.layout
    later = whole.step if layout.stamps == "end" else timedelta(0)
    times = [(whole.time(index) + later).astimezone(ZoneInfo(layout.zone)) for index in part]
    assume(writing.times != LOCAL or is_clear(times))
    cells = (Decimal(repr(whole.values[index])) / PER_MWH[layout.unit] for index in part)
    rows = (f"{stamp(at, writing.times)},{cell:f}" for at, cell in zip(times, cells, strict=True))
    content = "\n".join(("time,price", *rows)).encode()
    path.write_bytes(gzip.compress(content) if writing.packed else content)
    return path


def stamp(at: datetime, times: str) -> str:
    if times == LOCAL:
        return at.replace(tzinfo=None).isoformat(sep=" ")
    return (at.astimezone(UTC) if times == UTC_Z else at).isoformat().replace("+00:00", "Z")


def is_clear(times: Sequence[datetime]) -> bool:
    """Whether a file is more than one pass of an hour that is repeated."""
    twice = [at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() for at in times]
    return not all(twice) or len({at.fold for at in times}) == 2


def looks_like_another_resolution(kept: Sequence[int]) -> bool:
    steps = groupby(after - before for before, after in pairwise(kept))
    return any(step > 1 and len(list(same)) > 2 for step, same in steps)
