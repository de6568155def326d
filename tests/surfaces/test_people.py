"""Manual orders and maintenance locks, set by people through an operator's token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from controller.errors import PermanentError, TemporaryError
from controller.model.grid import Recall
from tests.surfaces.conftest import Served, bearer
from tests.surfaces.views import DISPATCH, NOW, a_view

ORDER: dict[str, Any] = {
    "id": "fans",
    "scope": "site",
    "limit_kw": 120.5,
    "person": "R. Ortiz",
    "why": "fans are being cleaned",
    "until": "2023-09-06T17:00:00-05:00",
}
RECALL = {"person": "R. Ortiz", "authority": "desk of the grid operator", "reference": "call 17"}
LOCK = {"place": "a-08", "person": "R. Ortiz", "why": "hash board swap"}
OPERATOR = bearer("control-room")


async def test_an_order_is_set_in_watts_with_the_persons_name(served: Served) -> None:
    answer = await served.http.post("/api/v1/orders", json=ORDER, headers=OPERATOR)
    assert answer.status == 201
    assert (await answer.json())["limit_kw"] == 120.5
    order, ended = served.inbox.orders[0]
    assert (order.scope, order.limit_w, order.person, ended) == ("site", 120_500, "R. Ortiz", False)
    assert order.issued_at == NOW
    assert order.until.isoformat() == "2023-09-06T22:00:00+00:00"


async def test_a_level_is_set_for_a_time_from_now_on(served: Served) -> None:
    sent = {**ORDER, "level": "265MHz", "for_s": 7200, "scope": "a-08"}
    del sent["limit_kw"], sent["until"]
    answer = await served.http.post("/api/v1/orders", json=sent, headers=OPERATOR)
    assert answer.status == 201
    shown = await answer.json()
    assert (shown["level"], shown["limit_kw"], shown["scope"]) == ("265MHz", None, "a-08")
    order, _ = served.inbox.orders[0]
    assert (order.level, order.limit_w, order.until) == ("265MHz", None, NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"floor_kw": 20.0005}, {"floor_w": 20_000}),
        ({"hold": True}, {"hold": True}),
        ({"limit_kw": 0, "emergency": True}, {"limit_w": 0, "emergency": True}),
    ],
)
async def test_floors_holds_and_emergencies(
    served: Served, said: dict[str, Any], kept: dict[str, Any]
) -> None:
    without = {key: value for key, value in ORDER.items() if key != "limit_kw"}
    answer = await served.http.post("/api/v1/orders", json=without | said, headers=OPERATOR)
    assert answer.status == 201
    order, _ = served.inbox.orders[0]
    plain = {"limit_w": None, "floor_w": None, "hold": False, "emergency": False, "level": ""}
    assert {key: getattr(order, key) for key in plain} == plain | kept
    shown = await answer.json()
    asked = {"limit_kw": None, "level": None, "floor_kw": None, "hold": False, "emergency": False}
    assert {key: shown[key] for key in asked} == asked | said | (
        {"floor_kw": 20.0} if "floor_kw" in said else {}
    )


async def test_the_orders_that_stand_are_those_of_the_last_cycle_and_what_was_said_since(
    served: Served,
) -> None:
    async def standing() -> list[str]:
        answer = await served.http.get("/api/v1/orders")
        assert answer.status == 200
        return [one["id"] for one in (await answer.json())["orders"]]

    assert await standing() == ["cooling"]
    await served.http.post("/api/v1/orders", json=ORDER, headers=OPERATOR)
    assert await standing() == ["cooling", "fans"]
    await served.http.delete("/api/v1/orders/cooling", headers=OPERATOR)
    assert await standing() == ["fans"]
    again = await served.http.delete("/api/v1/orders/cooling", headers=OPERATOR)
    assert again.status == 404
    served.clock.at = NOW + timedelta(days=1)
    assert await standing() == []


async def test_why_an_order_was_ended_is_kept(served: Served) -> None:
    said = {"person": "M. Lee", "why": "fans are back"}
    await served.http.delete("/api/v1/orders/cooling", json=said, headers=OPERATOR)
    order, ended = served.inbox.orders[-1]
    assert (order.person, order.why, ended) == ("M. Lee", "fans are back", True)


async def test_a_recall_names_person_authority_and_reference(served: Served) -> None:
    path = "/api/v1/dispatches/north%2Fers-1/recall"
    answer = await served.http.post(path, json=RECALL, headers=OPERATOR)
    assert answer.status == 200
    assert await answer.json() == {
        "id": "north/ers-1",
        "recall": {**RECALL, "at": NOW.isoformat().replace("+00:00", "Z")},
    }
    ((dispatch, recall),) = served.inbox.recalls
    assert (dispatch, recall.person, recall.at) == ("north/ers-1", "R. Ortiz", NOW)


@pytest.mark.parametrize("field", ["person", "authority", "reference"])
async def test_a_recall_without_one_of_them_is_refused(served: Served, field: str) -> None:
    path = "/api/v1/dispatches/ers-0906/recall"
    without = {key: value for key, value in RECALL.items() if key != field}
    for body in (without, RECALL | {field: "  "}):
        answer = await served.http.post(path, json=body, headers=OPERATOR)
        assert answer.status == 400
        assert (await answer.json())["problem"].startswith(f"{field}:")
    assert served.inbox.recalls == []


async def test_a_dispatch_that_is_not_there_cannot_be_recalled(served: Served) -> None:
    served.inbox.error = PermanentError("no dispatch x is in force or to come; there are: none")
    answer = await served.http.post("/api/v1/dispatches/x/recall", json=RECALL, headers=OPERATOR)
    assert answer.status == 404
    assert await answer.json() == {"code": "not_found", "problem": str(served.inbox.error)}


async def test_a_recalled_dispatch_is_shown_as_ended(served: Served) -> None:
    word = Recall(person="R. Ortiz", authority="desk", reference="call 17", at=NOW)
    ended = msgspec.structs.replace(DISPATCH, id="ers-17", cancelled=True, recall=word)
    await served.watch.show(a_view(recalled={"ers-17": ended}))
    for path in ("/api/v1/dispatches", "/api/v1/state"):
        shown = await (await served.http.get(path)).json()
        assert [one["id"] for one in shown["recalled"]] == ["ers-17"]
        assert "ers-17" not in [one["id"] for one in shown["dispatches"]]
    one = await (await served.http.get("/api/v1/dispatches/ers-17")).json()
    assert (one["in_force"], one["recall"]["reference"]) == (False, "call 17")


async def test_a_fraction_of_a_watt_makes_no_limit_higher(served: Served) -> None:
    sent = ORDER | {"limit_kw": 40.0009}
    await served.http.post("/api/v1/orders", json=sent, headers=OPERATOR)
    assert served.inbox.orders[0][0].limit_w == 40_000


async def test_the_same_id_replaces(served: Served) -> None:
    sent = ORDER | {"id": "cooling"}
    assert (await served.http.post("/api/v1/orders", json=sent, headers=OPERATOR)).status == 200


async def test_an_order_just_set_can_be_ended_before_the_next_cycle(served: Served) -> None:
    await served.http.post("/api/v1/orders", json=ORDER, headers=OPERATOR)
    answer = await served.http.delete("/api/v1/orders/fans", headers=OPERATOR)
    assert answer.status == 200
    order, ended = served.inbox.orders[-1]
    assert (order.id, order.person, ended) == ("fans", "control-room", True)


async def test_who_ends_an_order_can_be_named(served: Served) -> None:
    await served.http.delete("/api/v1/orders/cooling", json={"person": "M. Lee"}, headers=OPERATOR)
    assert served.inbox.orders[-1][0].person == "M. Lee"


async def test_an_order_that_is_not_there_cannot_be_ended(served: Served) -> None:
    answer = await served.http.delete("/api/v1/orders/nothing", headers=OPERATOR)
    assert answer.status == 404
    assert served.inbox.orders == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"limit_kw": -1}, "limit_kw"),
        ({"limit_kw": "many"}, "limit_kw"),
        ({"person": "   "}, "person"),
        ({"why": ""}, "why"),
        ({"until": "2023-09-06T17:00:00"}, "until"),
        ({"until": "9999-12-31T23:00:00-05:00"}, "until"),
        ({"id": "a/b"}, "id"),
        ({"id": "<b>"}, "id"),
        ({"limit_w": 5}, "limit_w"),
        ({"limit_kw": None}, "body: Value error, give limit_kw, level, floor_kw or hold"),
        ({"level": "off"}, "body: Value error, give limit_kw, level, floor_kw or hold"),
        ({"floor_kw": 20}, "body: Value error, give limit_kw, level, floor_kw or hold"),
        ({"hold": True}, "body: Value error, give limit_kw, level, floor_kw or hold"),
        ({"limit_kw": None, "floor_kw": 0}, "floor_kw"),
        ({"limit_kw": None, "floor_kw": 0.0009}, "floor_kw"),
        ({"limit_kw": None, "hold": True, "emergency": True}, "body: Value error, emergency"),
        ({"limit_kw": None, "level": " "}, "level"),
        ({"until": None}, "body: Value error, give until or for_s"),
        ({"for_s": 60}, "body: Value error, give until or for_s"),
        ({"until": None, "for_s": 0}, "for_s"),
        ({"until": None, "for_s": 10**12}, "for_s"),
    ],
)
async def test_a_wrong_field_is_named(served: Served, change: dict[str, Any], named: str) -> None:
    answer = await served.http.post("/api/v1/orders", json=ORDER | change, headers=OPERATOR)
    assert answer.status == 400
    problem = await answer.json()
    assert problem["code"] == "malformed"
    assert problem["problem"].startswith(named)
    assert served.inbox.orders == []


async def test_a_lock_names_the_place_and_the_person(served: Served) -> None:
    answer = await served.http.post("/api/v1/locks", json=LOCK, headers=OPERATOR)
    assert answer.status == 201
    lock = served.inbox.locks[0]
    assert (lock.place, lock.person, lock.since) == ("a-08", "R. Ortiz", NOW)


async def test_a_release_names_the_person(served: Served) -> None:
    answer = await served.http.delete(
        "/api/v1/locks/hall%201%2Fa-07", json={"person": "M. Lee"}, headers=OPERATOR
    )
    assert answer.status == 200
    assert served.inbox.released == [("hall 1/a-07", "M. Lee", "")]


async def test_a_release_without_a_person_is_refused(served: Served) -> None:
    assert (await served.http.delete("/api/v1/locks/a-07", headers=OPERATOR)).status == 400
    assert served.inbox.released == []


async def test_a_place_that_is_not_locked_cannot_be_released(served: Served) -> None:
    served.inbox.error = PermanentError("place 'a-09' is not locked; there are: a-07")
    answer = await served.http.delete(
        "/api/v1/locks/a-09", json={"person": "M. Lee"}, headers=OPERATOR
    )
    assert answer.status == 404
    assert await answer.json() == {"code": "not_locked", "problem": str(served.inbox.error)}


WRITES = [
    ("POST", "/api/v1/orders", ORDER),
    ("DELETE", "/api/v1/orders/cooling", {"person": "M. Lee"}),
    ("POST", "/api/v1/locks", LOCK),
    ("DELETE", "/api/v1/locks/a-07", {"person": "M. Lee"}),
    ("POST", "/api/v1/dispatches/ers-0906/recall", RECALL),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_only_an_operators_token_writes(
    served: Served, method: str, path: str, body: dict[str, Any]
) -> None:
    without = await served.http.request(method, path, json=body)
    assert without.status == 401
    grid = await served.http.request(method, path, json=body, headers=bearer("utility"))
    assert grid.status == 403
    assert (await grid.json())["code"] == "not_an_operator"
    inbox = served.inbox
    assert (inbox.orders, inbox.locks, inbox.released, inbox.recalls) == ([], [], [], [])
    operator = await served.http.request(method, path, json=body, headers=OPERATOR)
    assert operator.status in (200, 201)


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_what_is_not_on_disk_was_not_taken_over(
    served: Served, method: str, path: str, body: dict[str, Any]
) -> None:
    served.inbox.error = TemporaryError("the disk is full", delay_s=3)
    answer = await served.http.request(method, path, json=body, headers=OPERATOR)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "3"
    assert (await answer.json())["code"] == "not_committed"


@pytest.mark.parametrize(("method", "path", "body"), [WRITES[0], WRITES[2]])
async def test_what_the_inbox_refuses_is_told(
    served: Served, method: str, path: str, body: dict[str, Any]
) -> None:
    served.inbox.error = PermanentError("there is no such place")
    answer = await served.http.request(method, path, json=body, headers=OPERATOR)
    assert answer.status == 422
    assert await answer.json() == {"code": "refused", "problem": "there is no such place"}
