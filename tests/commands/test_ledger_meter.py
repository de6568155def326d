"""`ledger import-meter` and `compare-meter`, while no daemon runs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import yaml

from controller.ledger.sqlite import FILE_NAME, SqliteLedger
from controller.model.records import IntervalClosed
from tests.commands.conftest import Told
from tests.commands.test_books import keep
from tests.config.sound import SOUND
from tests.core.revenue.meters import at, live
from tests.revenue import files

IMPORT = ("ledger", "import-meter", "july.csv", "--config", "site.yaml", "--who", "Ada")
COMPARE = ("ledger", "compare-meter", "--config", "site.yaml")


@pytest.fixture
def metered(folder: Path) -> Path:
    """Two quarters of the books, and a file of three."""
    section = yaml.safe_dump({"revenue_meter": files.SECTION})
    (folder / "site.yaml").write_text(SOUND + section)
    keep(folder, [IntervalClosed(at=one.end, interval=one) for one in live([100, 200])])
    rows = [files.row(at(n), kwh) for n, kwh in enumerate((104, 200, 90))]
    (folder / "july.csv").write_bytes(files.file(rows))
    return folder


def test_it_is_imported_shown_and_verified(metered: Path, told: Told) -> None:
    done = told(*IMPORT)
    assert done.code == 0, done.error
    assert done.out.splitlines() == [
        "july.csv: 3 intervals from 2025-07-01T05:00:00Z to 2025-07-01T05:45:00Z, "
        "0 missing between",
        "3 new, 0 revised, 0 of an older revision; 0 rows without energy, 0 of others",
        "over 2 intervals ours 300.0 kWh, billed 304.0 kWh: -4.0 kWh (-1.32 %); 1 apart, at most "
        "-4.0 kWh at 2025-07-01T05:00:00Z",
        "1 intervals are not in our books, 0 not in the revenue meter's",
        "Recorded; 2 settlement intervals are restated.",
    ]
    again = told(*IMPORT)
    assert "Nothing in it is new: nothing was recorded." in again.out
    shown = told(*COMPARE, "--by", "interval", "--apart")
    assert [line.split() for line in shown.out.splitlines()[1:]] == [
        ["2025-07-01T05:00Z", "100.00", "104.00", "-4.00", "-3.85", "1", "1", "0", "0"],
        ["2025-07-01T05:30Z", "-", "90.00", "-", "-", "0", "0", "1", "0"],
    ]
    assert told("ledger", "verify", "--config", "site.yaml").code == 0


def test_for_programs(metered: Path, told: Told) -> None:
    looked = json.loads(told(*IMPORT, "--dry-run", "--json").out)
    assert (looked["recorded"], looked["restated"], looked["new"]) == (False, 2, 3)
    assert told(*COMPARE).code == 1
    taken = json.loads(told(*IMPORT, "--json").out)
    assert (taken["recorded"], taken["difference"]["difference_kwh"]) == (True, -4.0)
    (day,) = json.loads(told(*COMPARE, "--json", "--since", "2025-07-01T00:00:00Z").out)
    assert (day["time"], day["billed_kwh"], day["missing_live"]) == ("2025-07-01", 304.0, 1)
    exported = told("ledger", "export", "revenue_meter", "--config", "site.yaml", "--json").out
    assert [json.loads(line)["energy_wh"] for line in exported.splitlines()] == [
        "104000",
        "200000",
        "90000",
    ]


def test_a_file_that_is_doubted_ends_with_an_error(metered: Path, told: Told) -> None:
    text = (metered / "july.csv").read_text()
    (metered / "july.csv").write_text(text.replace(",104,", ",10400,").replace(",200,", ",20000,"))
    refused = told(*IMPORT)
    assert refused.code == 1
    assert "its energy is 101.3 times ours" in refused.error
    assert "nothing was recorded" in refused.error
    assert told(*IMPORT, "--force").code == 0


@pytest.mark.parametrize(
    ("spoil", "code", "why"),
    [
        ("file", 2, "july.csv: cannot be read: No such file"),
        ("ledger", 1, "there is no ledger here: run the daemon first"),
        ("section", 1, "revenue_meter: is missing"),
    ],
)
def test_what_is_missing_is_named(
    metered: Path, told: Told, spoil: str, code: int, why: str
) -> None:
    if spoil == "file":
        (metered / "july.csv").unlink()
    elif spoil == "ledger":
        (metered / "state" / FILE_NAME).unlink()
    else:
        (metered / "site.yaml").write_text(SOUND)
    done = told(*IMPORT)
    assert (done.code, why in done.error) == (code, True), done.error


def test_beside_a_daemon_it_goes_through_it(metered: Path, told: Told) -> None:
    """Somebody holds the lock, so the file is for them: here they do not answer."""

    async def held() -> int:
        ledger = SqliteLedger(metered / "state" / FILE_NAME)
        ledger.open()
        done = await asyncio.to_thread(told, *IMPORT, "--token-file", "tokens/grid")
        await ledger.close()
        return done.code

    assert asyncio.run(held()) == 3
