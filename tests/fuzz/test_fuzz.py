"""Every adapter that reads bytes has a fuzz target; each is run for a moment, and reads what once
broke it. `make fuzz` runs them for longer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.errors import PermanentError, TemporaryError
from controller.signals.polled.settings import PolledSettings
from controller.signals.subscribed.settings import SubscribedSettings
from controller.wiring import FEEDS
from tests.fuzz.run import FOUND
from tests.fuzz.targets import TARGETS

RUNS = 400
ROOT = Path(__file__).parents[2]
ENDS = {
    rb"\d{4}-\d\d-\d\d": (b"9999-12-31", b"0001-01-01"),
    rb"\d\d/\d\d/\d{4}": (b"12/31/9999", b"01/01/0001"),
    rb"\d{4}/\d\d/\d\d": (b"9999/12/31", b"0001/01/01"),
    rb"\d{10}": (b"253402300799", b"-62135596800", b"1e999999999", b"9" * 5_000),
    rb"(?<=[:,> ])\d+(\.\d+)?": (b"1e999999999", b"-1e-999999999", b"NaN", b"9" * 5_000),
}
"""Of a date and a number, and what is put in its place."""
OTHERS = ("meter_modbus", "revenue_meter", "webhook", "last_answer")


def sound(name: str, data: bytes) -> None:
    """Nothing but our own errors escapes."""
    try:
        TARGETS[name].read(data)
    except (TemporaryError, PermanentError):
        return


@pytest.mark.parametrize("adapter", list(FEEDS))
def test_every_adapter_that_reads_bytes_has_a_target(adapter: str) -> None:
    kind = FEEDS[adapter].settings
    if issubclass(kind, PolledSettings | SubscribedSettings):
        assert [name for name in TARGETS if name.startswith(adapter)], adapter


def test_what_is_no_feed_has_one_too() -> None:
    assert set(OTHERS) <= TARGETS.keys()


@pytest.mark.parametrize("name", list(TARGETS))
def test_the_seeds_are_understood(name: str) -> None:
    """A target that refuses what it begins with explores nothing."""
    for seed in TARGETS[name].seeds:
        TARGETS[name].read(seed)


@pytest.mark.parametrize("name", list(TARGETS))
def test_only_our_own_errors_escape(name: str) -> None:
    for place in (0, 1, 7, 30):
        for seed in TARGETS[name].seeds:
            sound(name, seed[: len(seed) - place])
            sound(name, seed[place:])
            sound(name, seed.replace(b"2", b"9"))
            sound(name, seed.replace(b"0", b"\xff"))
    for data in (b"", b"\0", b"[" * 50_000, b"{}", b"[]", b"null", b"<a/>", b"1e999999999", b'""'):
        sound(name, data)


@pytest.mark.parametrize("name", list(TARGETS))
def test_the_ends_of_the_calendar_and_of_numbers_are_refused_or_read(name: str) -> None:
    for seed in TARGETS[name].seeds:
        for what, others in ENDS.items():
            for other in others:
                sound(name, re.sub(what, other, seed))
                sound(name, re.sub(what, other, seed, count=1))


@given(
    name=st.sampled_from(sorted(TARGETS)),
    place=st.floats(0, 1),
    filler=st.sampled_from([b" ", b"1", b"<", b'"', b"[", b",", b"a", b"PK\x01\x02"]),
)
def test_a_long_run_of_one_thing_holds_nothing_up(name: str, place: float, filler: bytes) -> None:
    """What takes the square of its length takes longer than a test may."""
    for seed in TARGETS[name].seeds:
        cut = round(place * len(seed))
        sound(name, seed[:cut] + filler * (200_000 // len(filler)) + seed[cut:])


@given(name=st.sampled_from(sorted(TARGETS)), data=st.binary(max_size=300))
def test_noise_is_refused(name: str, data: bytes) -> None:
    sound(name, data)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*.bin")), ids=lambda path: path.name)
def test_what_once_broke_one(path: Path) -> None:
    sound(path.name.partition("-")[0], path.read_bytes())


def test_a_short_run_by_coverage(tmp_path: Path) -> None:
    if find_spec("atheris") is None:
        pytest.skip("atheris is not installed")
    command = [sys.executable, "-m", "tests.fuzz.run", "--runs", str(RUNS)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-1000:]
    assert done.stdout.split()[::3] == list(TARGETS)
