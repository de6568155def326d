"""A file of the revenue meter in a ledger on disk."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from controller.app.revenue import RevenueImporter, RevenueMeter
from controller.errors import PermanentError
from controller.ledger.recover import recover
from controller.ledger.sqlite import SqliteLedger
from controller.ledger.verify import verify
from controller.model.books import Interval
from controller.model.records import IntervalClosed
from controller.model.revenue_meter import RevenueAnswer, RevenueUpload
from controller.signals.revenue.reading import read_revenue_file
from tests.core.revenue.meters import LOAD, NOW, T0, at, interval, live, rules
from tests.revenue import files
from tests.virtual_clock import VirtualClock

METER = RevenueMeter(read=partial(read_revenue_file, settings=files.settings()), rules=rules())


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    ledger.open()
    yield ledger
    await ledger.close()


async def closed(ledger: SqliteLedger, intervals: Sequence[Interval]) -> None:
    await ledger.commit([IntervalClosed(at=one.end, interval=one) for one in intervals])


def portal(kwh: Sequence[object], **row: Any) -> bytes:
    return files.file(files.row(at(n), each, **row) for n, each in enumerate(kwh))


async def bring(
    ledger: SqliteLedger, content: bytes, meter: RevenueMeter | None = METER, **how: Any
) -> RevenueAnswer:
    importer = RevenueImporter(meter, ledger, VirtualClock(NOW), lambda take: take(None))
    upload = RevenueUpload(name="july.csv", content=content, person="Ada", **how)
    return await importer.bring(upload)


def known(ledger: SqliteLedger) -> dict[int, Interval]:
    """By quarter, the newest version of each."""
    found = ledger.metered(T0, NOW).intervals
    return {(one.start - T0) // timedelta(minutes=15): one for one in found}


def rows(ledger: SqliteLedger) -> int:
    return verify(ledger.path).rows


async def test_it_is_recorded_and_restates_the_books(ledger: SqliteLedger) -> None:
    await closed(ledger, live([100, 200]))
    content = portal([104, 200, 90])
    answer = await bring(ledger, content)
    assert (answer.recorded, answer.new, answer.restated) == (True, 3, 2)
    assert answer.sha256 == hashlib.sha256(content).hexdigest()
    assert (answer.difference.missing_live, answer.difference.apart) == (1, 1)
    assert [one.billed_wh for one in known(ledger).values()] == [104_000, 200_000]
    imported = recover(ledger.path).imported
    assert imported is not None
    assert (imported.person, imported.file, imported.sha256) == ("Ada", "july.csv", answer.sha256)
    assert (imported.read, imported.readings, imported.revised) == (3, (), 0)
    report = verify(ledger.path)
    assert report.ok, report
    assert report.rows == 2 + 1 + 2


async def test_the_same_file_twice_changes_nothing(ledger: SqliteLedger) -> None:
    await closed(ledger, live([100]))
    await bring(ledger, portal([104]))
    before = rows(ledger)
    answer = await bring(ledger, portal([104]))
    assert (answer.recorded, answer.new, answer.revised, answer.restated) == (False, 0, 0, 0)
    assert rows(ledger) == before


async def test_a_revision_restates_and_keeps_what_was(ledger: SqliteLedger) -> None:
    await closed(ledger, live([100, 200]))
    await bring(ledger, portal([104, 200]))
    answer = await bring(ledger, portal([103, 200], revision="07/20/2025 07:00:00"))
    assert (answer.new, answer.revised, answer.restated) == (0, 2, 1)
    assert (known(ledger)[0].version, known(ledger)[0].billed_wh) == (3, Decimal(103_000))
    assert known(ledger)[1].version == 2
    assert verify(ledger.path).ok
    left = await bring(ledger, portal([104, 200]))
    assert (left.recorded, left.older) == (False, 2)


async def test_what_closes_later_is_restated_by_the_same_file(ledger: SqliteLedger) -> None:
    await bring(ledger, portal([104]))
    await closed(ledger, live([100]))
    answer = await bring(ledger, portal([104]))
    assert (answer.recorded, answer.new, answer.restated) == (True, 0, 1)
    assert known(ledger)[0].billed_wh == 104_000


async def test_a_wrong_unit_is_refused_unless_somebody_insists(ledger: SqliteLedger) -> None:
    await closed(ledger, live([0.1, 0.2]))
    content = portal([100, 200])
    why = "july.csv: its energy is 1000 times ours: .* with --force; nothing was recorded"
    with pytest.raises(PermanentError, match=why):
        await bring(ledger, content)
    assert rows(ledger) == 2
    looked = await bring(ledger, content, only_look=True)
    assert (looked.recorded, looked.restated, len(looked.doubts)) == (False, 2, 1)
    assert rows(ledger) == 2
    assert (await bring(ledger, content, insist=True)).recorded
    imported = recover(ledger.path).imported
    assert imported is not None
    assert imported.insisted == looked.doubts


async def test_a_wrong_zone_is_refused(ledger: SqliteLedger) -> None:
    load = [kwh + 7 * n for n, kwh in enumerate(LOAD * 2)]
    await closed(ledger, live(load))
    elsewhere = partial(read_revenue_file, settings=files.settings(zone="America/New_York"))
    with pytest.raises(PermanentError, match=r"fit ours \+1 h from where they stand: look at zone"):
        await bring(ledger, portal(load), replace_read(elsewhere))
    assert (await bring(ledger, portal(load))).doubts == ()


def replace_read(read: Any) -> RevenueMeter:
    return RevenueMeter(read=read, rules=METER.rules)


async def test_what_cannot_be_read_names_file_and_row(ledger: SqliteLedger) -> None:
    with pytest.raises(PermanentError, match=r"^july.csv: row 2: 'x' is not a number .* recorded$"):
        await bring(ledger, portal(["x"]))
    assert rows(ledger) == 0


async def test_without_the_section_there_is_no_meter(ledger: SqliteLedger) -> None:
    with pytest.raises(PermanentError, match="revenue_meter: is missing"):
        await bring(ledger, portal([1]), None)


async def test_a_reload_changes_how_files_are_read(ledger: SqliteLedger) -> None:
    importer = RevenueImporter(None, ledger, VirtualClock(NOW), lambda take: take(None))
    importer.adopt(METER)
    upload = RevenueUpload(name="july.csv", content=portal([104]), person="Ada")
    assert (await importer.bring(upload)).recorded


async def test_verify_finds_an_interval_that_nothing_imported(ledger: SqliteLedger) -> None:
    await closed(ledger, live([100]))
    await bring(ledger, portal([104]))
    forged = replace(known(ledger)[0], version=3, billed_wh=known(ledger)[0].energy_wh)
    other = interval(1, billed_wh=known(ledger)[0].energy_wh)
    await closed(ledger, [forged, other])
    findings = [finding.reason for finding in verify(ledger.path).findings]
    assert "its billed energy is 100000 Wh, and 104000 Wh was imported" in findings
    assert "its billed energy is 100000 Wh, and nothing of it was imported" in findings
