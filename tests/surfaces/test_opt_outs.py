"""Opting out of a dispatch over the API: first what it costs, then the act at that cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.errors import PermanentError, TemporaryError
from controller.model.grid import OptOut
from tests.surfaces.conftest import Served, bearer
from tests.surfaces.views import COST, DISPATCH, NOW, a_view, seen_now

PATH = "/api/v1/dispatches/ers-0906/opt-out"
SENT = {"person": "R. Ortiz", "why": "the hall must stay warm", "penalty": 270.0}
OPERATOR = bearer("control-room")


@pytest.fixture
def priced(served: Served) -> Served:
    served.inbox.costs["ers-0906"] = COST
    return served


async def test_the_penalty_is_shown_with_what_it_is_made_of(priced: Served) -> None:
    answer = await priced.http.get(PATH)
    assert answer.status == 200
    assert await answer.json() == {
        "id": "ers-0906",
        "version": 2,
        "penalty": 270.0,
        "currency": "USD",
        "per_dispatch": 250.0,
        "per_mwh": 400.0,
        "not_shed_kw": 50.0,
        "per_hour": 20.0,
        "hours": 1.0,
        "until": "2023-09-06T21:03:00Z",
        "stands_until": "2023-09-06T20:18:00Z",
    }
    assert priced.inbox.opt_outs == []


async def test_a_penalty_that_nobody_can_say_in_full_is_null(priced: Served) -> None:
    open_end = {"amount": None, "hours": None, "until": None, "stands_until": None}
    priced.inbox.costs["ers-0906"] = replace(COST, **open_end)
    shown = await (await priced.http.get(PATH)).json()
    assert (shown["penalty"], shown["hours"], shown["per_hour"]) == (None, None, 20.0)


async def test_it_is_done_at_the_penalty_that_was_shown(priced: Served) -> None:
    answer = await priced.http.post(PATH, json=SENT, headers=OPERATOR)
    assert answer.status == 200
    assert await answer.json() == {
        "id": "ers-0906",
        "opted_out": {**SENT, "at": "2023-09-06T20:05:00Z"},
    }
    ((dispatch, out),) = priced.inbox.opt_outs
    assert (dispatch, out.penalty) == ("ers-0906", Decimal(270))


@pytest.mark.parametrize("penalty", [269.99, 270.01, 0, "270.001"])
async def test_at_another_penalty_nothing_is_done(priced: Served, penalty: Any) -> None:
    answer = await priced.http.post(PATH, json=SENT | {"penalty": penalty}, headers=OPERATOR)
    assert answer.status == 409
    said = await answer.json()
    assert (said["code"], said["current"]["penalty"]) == ("penalty_changed", 270.0)
    assert said["problem"] == "opting out of ers-0906 costs 270.00 USD by now"
    assert priced.inbox.opt_outs == []


@pytest.mark.parametrize("field", ["person", "why", "penalty"])
async def test_all_three_are_needed(priced: Served, field: str) -> None:
    without = {key: value for key, value in SENT.items() if key != field}
    answer = await priced.http.post(PATH, json=without, headers=OPERATOR)
    assert answer.status == 400
    assert (await answer.json())["problem"].startswith(f"{field}:")


async def test_one_that_is_not_known(priced: Served) -> None:
    path = "/api/v1/dispatches/x/opt-out"
    for answer in (
        await priced.http.get(path),
        await priced.http.post(path, json=SENT, headers=OPERATOR),
    ):
        assert answer.status == 404
        assert (await answer.json())["problem"] == "no dispatch 'x' is known"


@pytest.mark.parametrize(
    ("error", "status"),
    [(PermanentError("ers has to be obeyed"), 422), (TemporaryError("the disk is full"), 503)],
)
async def test_one_that_cannot_be(priced: Served, error: Any, status: int) -> None:
    priced.inbox.error = error
    answer = await priced.http.post(PATH, json=SENT, headers=OPERATOR)
    assert answer.status == status
    assert (await answer.json())["problem"] == str(error)
    assert (await priced.http.get(PATH)).status == status


async def test_only_an_operators_token_opts_out(priced: Served) -> None:
    assert (await priced.http.post(PATH, json=SENT)).status == 401
    grid = await priced.http.post(PATH, json=SENT, headers=bearer("utility"))
    assert grid.status == 403
    assert priced.inbox.opt_outs == []


async def test_it_is_shown_with_the_dispatch_and_to_the_next_shift(served: Served) -> None:
    out = OptOut(person="R. Ortiz", why="warmth", penalty=Decimal("270.00"), at=NOW)
    known = {"ers-0906": replace(DISPATCH, opted_out=out, reference_w=90_000)}
    await served.watch.show(a_view(seen=seen_now(dispatches=known)))
    one = await (await served.http.get("/api/v1/dispatches/ers-0906")).json()
    assert (one["in_force"], one["opted_out"]["person"], one["opted_out"]["penalty"]) == (
        False,
        "R. Ortiz",
        270.0,
    )
    assert (one["limit_kw"], one["reference_kw"], one["floor_kw"]) == (40.0, 90.0, None)
    state = await (await served.http.get("/api/v1/state")).json()
    said = [matter["text"] for matter in state["attention"]]
    assert (
        "Dispatch ers-0906 is not obeyed: R. Ortiz opted out (warmth), at a penalty of 270.00 USD."
        in said
    )


async def test_levels_and_set_points_are_shown(served: Served) -> None:
    known = {
        "normal": replace(DISPATCH, id="normal", asks_nothing=True),
        "agc": replace(DISPATCH, id="agc", floor_w=40_000),
    }
    await served.watch.show(a_view(seen=seen_now(dispatches=known)))
    shown = (await (await served.http.get("/api/v1/dispatches")).json())["dispatches"]
    assert [(one["id"], one["limit_kw"], one["floor_kw"], one["in_force"]) for one in shown] == [
        ("agc", 40.0, 40.0, True),
        ("normal", None, None, False),
    ]
