"""POST /api/v1/webhooks/NAME: signed, in time, mapped to a dispatch, answered after the commit."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import ValidationError

from controller.errors import PermanentError, TemporaryError
from controller.surfaces.http import HttpSurface
from controller.surfaces.settings import HttpSettings
from controller.surfaces.webhooks.settings import MappedSettings
from tests.surfaces.conftest import Served
from tests.surfaces.fakes import FakeClock, FakeInbox, FakeWatch
from tests.surfaces.views import NOW, a_view

SECRET, PREVIOUS = "a-secret-of-the-aggregator", "the-secret-before-that-one"
STAMP = str(int(NOW.timestamp()))
BODY = {
    "id": "ers-1",
    "version": 1,
    "program": "ers",
    "issued_at": "2023-09-06T20:00:00Z",
    "target": {"kind": "reduce_to_kw", "kw": 40},
    "start": "2023-09-06T20:10:00Z",
}
OWN = {"event": {"id": 17, "rev": 2, "state": "active", "at": 1_694_030_400, "kw": 400}}
MAPPED = {
    "program": "ers",
    "id": "event.id",
    "version": "event.rev",
    "issued_at": "event.at",
    "kw": "event.kw",
    "state": "event.state",
    "cancelled": ["withdrawn"],
    "time_format": "unix_s",
}


def secret_file(folder: Path, name: str, secret: str) -> Path:
    path = folder / name
    path.write_text(secret + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    plain = {
        "authority": "aggregator-one",
        "secret_file": secret_file(tmp_path, "now", SECRET),
        "previous_secret_file": secret_file(tmp_path, "before", PREVIOUS),
    }
    odd = {"signature_prefix": "v1=", "encoding": "base64", "separator": ":"}
    webhooks = {
        "plain": plain,
        "mapped": {**plain, "mapped": MAPPED},
        "odd": {**plain, **odd, "signature_header": "X-Sig", "timestamp_header": "X-At"},
    }
    settings = HttpSettings.model_validate({"port": 0, "webhooks": webhooks})
    inbox, watch, clock = FakeInbox(), FakeWatch(a_view()), FakeClock()
    clock.at = NOW
    surface = HttpSurface(settings, inbox, watch, clock)
    await surface.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{surface.port}") as http:
        yield Served(surface, inbox, watch, clock, http)
    await surface.stop()


def signed(body: bytes, *, secret: str = SECRET, stamp: str = STAMP) -> dict[str, str]:
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"X-Timestamp": stamp, "X-Signature": digest.hexdigest()}


async def push(
    served: Served, body: Any = BODY, *, name: str = "plain", **headers: str
) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {**signed(raw), **{one.replace("_", "-"): value for one, value in headers.items()}}
    async with served.http.post(f"/api/v1/webhooks/{name}", data=raw, headers=sent) as answer:
        return answer.status, await answer.json()


async def test_a_signed_dispatch_reaches_the_inbox_as_its_authoritys(served: Served) -> None:
    status, answer = await push(served)
    assert (status, answer["received"], answer["id"]) == (201, True, "ers-1")
    assert served.inbox.dispatches == [(BODY, "aggregator-one")]


async def test_the_secret_before_is_taken_while_they_are_changed(served: Served) -> None:
    raw = json.dumps(BODY).encode()
    old = signed(raw, secret=PREVIOUS)
    status, _ = await push(served, raw, X_Signature=old["X-Signature"])
    assert status == 201


async def test_other_headers_prefixes_and_encodings(served: Served) -> None:
    raw = json.dumps(BODY).encode()
    digest = hmac.new(SECRET.encode(), f"{STAMP}:".encode() + raw, hashlib.sha256).digest()
    headers = {"X-At": STAMP, "X-Sig": f"v1={base64.b64encode(digest).decode()}"}
    async with served.http.post("/api/v1/webhooks/odd", data=raw, headers=headers) as answer:
        assert answer.status == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Signature": "0" * 64},
        {"X_Signature": ""},
        {"X_Signature": "ä"},
        {"X_Timestamp": str(int(STAMP) + 1)},
        {"X_Timestamp": ""},
    ],
)
async def test_what_is_not_signed_is_refused_without_saying_why(
    served: Served, headers: dict[str, str]
) -> None:
    status, answer = await push(served, **headers)
    assert (status, answer["code"]) == (401, "unauthenticated")
    assert SECRET not in json.dumps(answer)
    assert served.inbox.dispatches == []


async def test_a_body_that_was_changed_on_the_way_is_refused(served: Served) -> None:
    headers = signed(json.dumps(BODY).encode())
    changed = json.dumps({**BODY, "target": {"kind": "reduce_to_kw", "kw": 4000}}).encode()
    status, _ = await push(served, changed, X_Signature=headers["X-Signature"])
    assert status == 401


@pytest.mark.parametrize(
    ("seconds", "status"), [(-301, 401), (-300, 201), (0, 201), (300, 201), (301, 401)]
)
async def test_a_delivery_of_another_time_is_a_replay(
    served: Served, seconds: int, status: int
) -> None:
    raw, stamp = json.dumps(BODY).encode(), str(int(STAMP) + seconds)
    headers = signed(raw, stamp=stamp)
    found, answer = await push(served, raw, X_Timestamp=stamp, X_Signature=headers["X-Signature"])
    assert found == status
    assert ("sign it anew" in answer.get("problem", "")) == (status == 401)


async def test_a_signed_time_that_is_none_is_said(served: Served) -> None:
    raw = json.dumps(BODY).encode()
    headers = signed(raw, stamp="noon")
    _, answer = await push(served, raw, X_Timestamp="noon", X_Signature=headers["X-Signature"])
    assert "no whole number of seconds" in answer["problem"]


async def test_the_aggregators_own_words_become_a_dispatch(served: Served) -> None:
    assert (await push(served, OWN, name="mapped"))[0] == 201
    ((body, authority),) = served.inbox.dispatches
    assert authority == "aggregator-one"
    assert body == {
        "id": "17",
        "version": 2,
        "program": "ers",
        "issued_at": "2023-09-06T20:00:00+00:00",
        "start": "2023-09-06T20:00:00+00:00",
        "end": None,
        "target": {"kind": "reduce_to_kw", "kw": 400},
    }
    withdrawn = {"event": {**OWN["event"], "rev": 3, "state": "withdrawn"}}
    await push(served, withdrawn, name="mapped")
    assert served.inbox.dispatches[1][0]["cancelled"] is True


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"event": 5}', "`event.at` leads nowhere: there is no 'at'"),
        ({"event": {**OWN["event"], "at": "noon"}}, "`event.at` is no whole number of seconds"),
        ({"event": {**OWN["event"], "at": 10**12}}, "`event.at` is no whole number of seconds"),
    ],
)
async def test_words_that_cannot_be_meant_are_named(served: Served, body: Any, why: str) -> None:
    status, answer = await push(served, body, name="mapped")
    assert (status, answer["code"]) == (400, "malformed")
    assert why in answer["problem"]


async def test_nothing_is_received_before_it_is_on_disk(served: Served) -> None:
    served.inbox.error = TemporaryError("the disk is full", delay_s=4)
    status, answer = await push(served)
    assert (status, answer["code"], answer["received"]) == (503, "not_committed", False)


async def test_an_unknown_name_and_a_large_body(served: Served) -> None:
    assert (await push(served, name="nobody"))[0] == 404
    assert (await push(served, b"x" * 70_000))[0] == 413


async def test_a_reload_takes_other_secrets(served: Served, tmp_path: Path) -> None:
    other = secret_file(tmp_path, "other", "quite-another-secret-0123")
    webhook = {"authority": "aggregator-one", "secret_file": other}
    settings = HttpSettings.model_validate({"port": 0, "webhooks": {"plain": webhook}})
    served.surface.reload(settings)()
    assert (await push(served))[0] == 401
    assert (await push(served, name="mapped"))[0] == 404


def test_a_secret_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    path = secret_file(tmp_path, "open", SECRET)
    path.chmod(0o644)
    webhook = {"authority": "aggregator-one", "secret_file": path}
    settings = HttpSettings.model_validate({"webhooks": {"plain": webhook}})
    with pytest.raises(PermanentError, match=r"http.webhooks.plain.secret_file: .*chmod 600"):
        HttpSurface(settings, FakeInbox(), FakeWatch(a_view()), FakeClock())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "reduce_by_kw"}, "reduce_by_kw and reference go together"),
        ({"cancelled": []}, "state and cancelled go together"),
        ({"id": "a..b"}, "should match pattern"),
    ],
)
def test_mappings_that_cannot_be_meant(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        MappedSettings.model_validate({**MAPPED, **wrong})
