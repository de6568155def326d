"""The revenue meter over HTTP: a file comes in, and what it came to is shown."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from controller.app.revenue import RevenueImporter, RevenueMeter
from controller.ledger.sqlite import SqliteLedger
from controller.ledger.verify import verify
from controller.model.records import IntervalClosed
from controller.signals.revenue.reading import read_revenue_file
from controller.surfaces.http import HttpSurface
from controller.surfaces.present.state import state
from controller.surfaces.revenue_in import LARGEST_FILE_BODY
from controller.surfaces.settings import HttpSettings
from tests.core.revenue.meters import NOW, at, live, rules
from tests.revenue import files
from tests.surfaces.conftest import Served, bearer, token_files
from tests.surfaces.exposition import key, samples_of, text_of
from tests.surfaces.fakes import FakeInbox, FakeWatch
from tests.surfaces.views import a_view
from tests.virtual_clock import VirtualClock

PATH = "/api/v1/revenue-meter/imports"
OPERATOR = bearer("control-room")


def sent(*kwh: object, **changes: Any) -> dict[str, Any]:
    content = files.file(files.row(at(n), each) for n, each in enumerate(kwh))
    body = {"person": "Ada", "name": "july.csv", "content": b64encode(content).decode()}
    return body | changes


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    ledger.open()
    intervals = live([100, 200])
    await ledger.commit([IntervalClosed(at=one.end, interval=one) for one in intervals])
    yield ledger
    await ledger.close()


@pytest.fixture
async def http(tmp_path: Path, ledger: SqliteLedger) -> AsyncIterator[aiohttp.ClientSession]:
    settings = HttpSettings(port=0, tokens=token_files(tmp_path), operators=("control-room",))
    meter = RevenueMeter(partial(read_revenue_file, settings=files.settings()), rules())
    clock = VirtualClock(NOW)
    desk = RevenueImporter(meter, ledger, clock, lambda take: take(None))
    surface = HttpSurface(settings, FakeInbox(), FakeWatch(a_view()), clock, revenue=desk)
    await surface.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{surface.port}") as session:
        yield session
    await surface.stop()


async def post(
    http: aiohttp.ClientSession, body: dict[str, Any], who: dict[str, str] = OPERATOR
) -> tuple[int, Any]:
    answer = await http.post(PATH, json=body, headers=who)
    return answer.status, await answer.json()


async def test_a_file_is_taken(http: aiohttp.ClientSession, ledger: SqliteLedger) -> None:
    status, looked = await post(http, sent(104, 200, only_look=True))
    assert (status, looked["recorded"], looked["restated"]) == (200, False, 2)
    status, taken = await post(http, sent(104, 200))
    assert (status, taken["recorded"], taken["new"]) == (200, True, 2)
    assert taken["difference"]["worst_kwh"] == -4
    assert verify(ledger.path).rows == 2 + 1 + 2
    assert (await post(http, sent(104, 200)))[1]["recorded"] is False


async def test_a_doubted_file_needs_insistence(http: aiohttp.ClientSession) -> None:
    status, problem = await post(http, sent(1000, 2000))
    assert (status, problem["code"]) == (422, "refused")
    assert "july.csv: its energy is 10 times ours" in problem["problem"]
    assert (await post(http, sent(1000, 2000, insist=True)))[0] == 200


async def test_only_operators_bring_files(http: aiohttp.ClientSession) -> None:
    assert (await post(http, sent(1), bearer("utility")))[0] == 403
    assert (await post(http, sent(1), {}))[0] == 401


@pytest.mark.parametrize(
    "changes", [{"person": " "}, {"name": ""}, {"content": "é"}, {"content": None}, {"zone": "UTC"}]
)
async def test_a_malformed_body(http: aiohttp.ClientSession, changes: dict[str, Any]) -> None:
    assert (await post(http, sent(1, **changes)))[0] == 400


async def test_a_body_that_is_too_large(http: aiohttp.ClientSession) -> None:
    status, problem = await post(http, sent(1, content="A" * LARGEST_FILE_BODY))
    assert (status, problem["code"]) == (413, "too_large")
    status, problem = await post(http, sent(1, content="A" * (LARGEST_FILE_BODY - 1000)))
    assert (status, "is longer than 8388608 bytes" in problem["problem"]) == (422, True)


async def test_a_process_without_such_books(served: Served) -> None:
    assert (await post(served.http, sent(1)))[0] == 422


def test_the_last_import_is_shown() -> None:
    shown = state(a_view(), alive=True).revenue_meter
    assert shown is not None
    assert (shown.person, shown.file) == ("Ada", "september.csv")
    assert shown.difference.difference_percent == 1.5
    assert state(a_view(imported=None), alive=True).revenue_meter is None


def test_metrics() -> None:
    found = samples_of(text_of(a_view()))
    assert found[key("revenue_meter_difference_ratio")] == 0.015
    assert found[key("revenue_meter_apart_intervals")] == 1
    assert key("revenue_meter_end_timestamp_seconds") in found
    none = samples_of(text_of(a_view(imported=None)))
    assert not [name for name, _ in none if name.startswith("curtaild_revenue_meter")]
