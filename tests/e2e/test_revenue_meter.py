"""A file of the revenue meter through the running daemon."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from controller.ledger.sqlite import FILE_NAME, SqliteLedger
from controller.model.records import IntervalClosed
from tests.core.revenue.meters import interval
from tests.e2e.configuration import EPOCH
from tests.e2e.conftest import NewSite
from tests.e2e.waiting import until
from tests.e2e.web import answers
from tests.revenue import files

FIRST = EPOCH - timedelta(days=3)


async def keep_books(folder: Path) -> None:
    ledger = SqliteLedger(folder / FILE_NAME)
    ledger.open()
    for quarter in range(2):
        start = FIRST + timedelta(minutes=15 * quarter)
        one = interval(0, 10, start=start, end=start + timedelta(minutes=15))
        await ledger.commit([IntervalClosed(at=one.end, interval=one)])
    await ledger.close()


def test_it_is_recorded_between_two_cycles(new_site: NewSite) -> None:
    site = new_site(rate=1)
    site.plain["revenue_meter"] = files.SECTION
    asyncio.run(keep_books(site.folder / "state"))
    file = site.folder / "september.csv"
    file.write_bytes(files.file(files.row(at, 11) for at in files.starts(FIRST, 2)))
    site.write()
    site.processes.curtaild("run", "--config", site.path)
    until(lambda: answers(site.url + "/healthz"), "the daemon")
    code, said = site.command("ledger", "import-meter", str(file), "--who", "Ada")
    assert code == 0, said
    assert "Recorded; 2 settlement intervals are restated." in said
    until(lambda: site.state()["revenue_meter"] is not None, "the import is shown")
    shown = site.state()
    assert shown["revenue_meter"]["file"] == "september.csv"
    assert round(shown["revenue_meter"]["difference"]["difference_percent"], 2) == -9.09
    assert shown["money"]["energy_kwh"] >= 22
    assert "curtaild_revenue_meter_difference_ratio -0.0909" in site.get("/metrics").text
    code, said = site.command("ledger", "import-meter", str(file), "--who", "Ada")
    assert (code, "nothing was recorded" in said) == (0, True)
    assert site.command("ledger", "verify")[0] == 0
    assert "format_unverified" in site.processes.log("run")
