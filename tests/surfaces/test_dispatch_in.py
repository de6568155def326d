"""POST /api/v1/dispatches: who may send, what is passed on, and what is answered."""

from __future__ import annotations

import gzip
from decimal import Decimal
from typing import Any

import pytest

from controller.core.dispatches.body import Code
from controller.errors import TemporaryError
from controller.ports import Receipt
from controller.surfaces.problems import STATUS_OF_CODE
from tests.surfaces.conftest import SECRETS, Served, bearer

PATH = "/api/v1/dispatches"

BODY: dict[str, Any] = {
    "id": "ers-1",
    "version": 1,
    "program": "ers",
    "issued_at": "2023-09-06T20:00:00Z",
    "target": {"kind": "reduce_to_kw", "kw": 40},
    "start": "2023-09-06T20:10:00Z",
    "end": None,
    "beyond": {"what": "the inbox judges, not the surface"},
}


async def test_the_body_reaches_the_inbox_as_it_was_sent(served: Served) -> None:
    answer = await served.http.post(PATH, json=BODY, headers=bearer("utility"))
    assert answer.status == 201
    assert await answer.json() == {
        "received": True,
        "id": "ers-1",
        "version": 1,
        "limit_kw": 40.0,
        "repeated": False,
    }
    assert served.inbox.dispatches == [(BODY, "utility")]


async def test_the_authority_is_the_one_whose_token_it_is(served: Served) -> None:
    await served.http.post(PATH, json=BODY, headers=bearer("control-room"))
    assert served.inbox.dispatches[0][1] == "control-room"


async def test_a_repeat_is_received_again(served: Served) -> None:
    served.inbox.answer = Receipt(
        received=True, id="ers-1", version=1, limit_kw=Decimal(40), repeated=True
    )
    answer = await served.http.post(PATH, json=BODY, headers=bearer("utility"))
    assert answer.status == 200
    assert (await answer.json())["repeated"] is True


@pytest.mark.parametrize("code", [*Code, "a_code_of_tomorrow"])
async def test_a_refusal_keeps_its_code_and_sentence(served: Served, code: str) -> None:
    served.inbox.answer = Receipt(
        received=False, id="ers-1", version=1, code=code, problem="because; do this"
    )
    answer = await served.http.post(PATH, json=BODY, headers=bearer("utility"))
    assert answer.status == STATUS_OF_CODE.get(code, 422)
    assert await answer.json() == {
        "received": False,
        "id": "ers-1",
        "version": 1,
        "code": code,
        "problem": "because; do this",
    }
    assert ("Retry-After" in answer.headers) == (answer.status == 503)


def test_every_code_of_the_core_has_its_status() -> None:
    assert {code.value for code in Code} <= set(STATUS_OF_CODE)


async def test_not_committed_by_an_error_says_when_to_come_again(served: Served) -> None:
    served.inbox.error = TemporaryError("the disk is full", delay_s=4.2)
    answer = await served.http.post(PATH, json=BODY, headers=bearer("utility"))
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert (await answer.json())["received"] is False


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong-secret-0123456789",
        f"Basic {SECRETS['utility']}",
        f"Bearer {SECRETS['utility']}x",
        f"Bearer {SECRETS['utility'].upper()}",
        f"Bearer {SECRETS['utility'][:-1]}",
        "Bearer ünknown-secret-of-some-length",
    ],
)
async def test_without_the_token_nothing_gets_in(served: Served, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await served.http.post(PATH, json=BODY, headers=headers)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    body = await answer.json()
    assert (body["received"], body["code"]) == (False, "unauthenticated")
    assert served.inbox.dispatches == []


async def test_a_token_never_comes_back(served: Served) -> None:
    answer = await served.http.post(
        PATH, data=b"not json", headers={"Authorization": "Bearer my-mistyped-secret"}
    )
    assert "mistyped" not in await answer.text()


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"kw": NaN}', b'{"id":1,"id":2}'])
async def test_bad_json_is_refused_and_counted(served: Served, body: bytes) -> None:
    answer = await served.http.post(PATH, data=body, headers=bearer("utility"))
    assert answer.status == 400
    problem = await answer.json()
    assert (problem["received"], problem["code"]) == (False, "malformed")
    assert served.inbox.dispatches == []
    metrics = await (await served.http.get("/metrics")).text()
    assert 'curtaild_dispatches_refused_total{code="malformed"} 2.0' in metrics


async def test_a_body_of_64_kib_is_read_and_no_more(served: Served) -> None:
    frame = len(b'{"pad":""}')
    fits = b'{"pad":"' + b"x" * (64 * 1024 - frame) + b'"}'
    answer = await served.http.post(PATH, data=fits, headers=bearer("utility"))
    assert answer.status == 201
    answer = await served.http.post(PATH, data=fits + b" ", headers=bearer("utility"))
    assert answer.status == 413
    assert (await answer.json())["code"] == "too_large"


async def test_a_packed_body_is_measured_unpacked(served: Served) -> None:
    bomb = gzip.compress(b'{"pad":"' + b"x" * 10_000_000 + b'"}')
    headers = {**bearer("utility"), "Content-Encoding": "gzip"}
    answer = await served.http.post(PATH, data=bomb, headers=headers)
    assert answer.status == 413
    broken = await served.http.post(PATH, data=b"not gzip at all", headers=headers)
    assert broken.status == 400
    assert served.inbox.dispatches == []
