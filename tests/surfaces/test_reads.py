"""What GET answers: the view, in the API's units and words."""

from __future__ import annotations

import msgspec
import pytest

from controller.model.fleet import Stage
from controller.model.view import LedgerHealth
from controller.reasons import Reason
from tests.surfaces.conftest import Served
from tests.surfaces.views import a_view, motion, plan_now, seen_now


async def test_healthz_follows_the_loop(served: Served) -> None:
    assert (await served.http.get("/healthz")).status == 200
    served.watch.is_alive = False
    answer = await served.http.get("/healthz")
    assert answer.status == 503
    assert await answer.json() == {"alive": False}


async def test_ready_when_cycles_fleet_and_ledger_are(served: Served) -> None:
    answer = await served.http.get("/readyz")
    assert answer.status == 200
    assert await answer.json() == {"ready": True, "missing": []}


async def test_not_ready_says_what_is_missing(served: Served) -> None:
    served.watch.shown = None
    answer = await served.http.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["missing"] == ["the first cycle has not completed"]
    broken = LedgerHealth(writable=False, last_error="disk full")
    served.watch.shown = a_view(seen=seen_now(fleet_known=False), ledger=broken)
    answer = await served.http.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["missing"] == [
        "the miners have not all been heard yet",
        "the ledger cannot write: disk full",
    ]


@pytest.mark.parametrize("path", ["state", "plan", "dispatches", "dispatches/ers-0906"])
async def test_before_the_first_cycle_come_again(served: Served, path: str) -> None:
    served.watch.shown = None
    answer = await served.http.get(f"/api/v1/{path}")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert (await answer.json())["code"] == "not_ready"


async def test_the_state_in_kw_with_reasons(served: Served) -> None:
    state = await (await served.http.get("/api/v1/state")).json()
    assert state["at"] == "2023-09-06T20:05:00Z"
    assert state["power_kw"] | {"age_s": 0} == {
        "quality": "fresh",
        "value": 52.4,
        "at": "2023-09-06T20:04:58Z",
        "until": None,
        "age_s": 0,
        "why": "",
    }
    assert (state["target_kw"], state["expected_kw"], state["limit_kw"]) == (38.7, 51.9, 39.2)
    assert state["limit"]["source"] == "ers-0906"
    assert state["limit"]["because"] == {"reason": "dispatch", "text": Reason.DISPATCH.text}
    assert state["hashprice_per_ph_day"]["quality"] == "stale"
    assert [one["because"]["reason"] for one in state["curtailed"]] == ["unprofitable", "dispatch"]
    assert state["money"]["energy_kwh"] == 2310
    assert [one["id"] for one in state["orders"]] == ["cooling"]
    assert [one["place"] for one in state["locks"]] == ["a-07"]


async def test_groups_count_their_miners(served: Served) -> None:
    state = await (await served.http.get("/api/v1/state")).json()
    first, second = state["groups"]
    assert (first["id"], first["miners"], first["moving"]) == ("container-a", 27, 3)
    assert first["power_kw"]["value"] == 31.2
    assert first["reported_kw"] == 22.77
    assert (first["limit_kw"], second["limit_kw"]) == (110, None)
    assert second["power_kw"]["quality"] == "missing"
    assert {one["standing"] for one in second["cohorts"]} == {"present", "unreachable"}


async def test_motions_are_bounded_and_the_troubled_come_first(served: Served) -> None:
    stages = [Stage.CONFIRMED] * 3000 + [Stage.FAILED]
    motions = {f"a-{number:05}": motion("a-1", stage) for number, stage in enumerate(stages)}
    state = msgspec.structs.replace(a_view().state, motions=motions)
    served.watch.shown = a_view(state=state)
    shown = (await (await served.http.get("/api/v1/state")).json())["motions"]
    assert shown["total"] == 3001
    assert shown["by_stage"]["confirmed"] == 3000
    assert len(shown["shown"]) == 100
    assert shown["shown"][0]["stage"] == "failed"


async def test_the_plan_puts_equal_commands_together(served: Served) -> None:
    plan = await (await served.http.get("/api/v1/plan")).json()
    assert plan["commands"] == [
        {
            "level": "off",
            "because": {"reason": "dispatch", "text": Reason.DISPATCH.text},
            "dispatch": "",
            "attempt": 1,
            "miners": ["a-01", "a-02"],
        }
    ]
    assert plan["floors"][0]["floor_kw"] == 3.5
    assert plan["allocations"][0]["counts"] == {"normal": 6, "off": 23}


async def test_dispatches_by_start_and_one_by_id(served: Served) -> None:
    every = (await (await served.http.get("/api/v1/dispatches")).json())["dispatches"]
    assert [(one["id"], one["in_force"]) for one in every] == [
        ("ers-0906", True),
        ("ers-0907", False),
    ]
    assert every[0]["obligation"] == "compliance"
    one = await served.http.get("/api/v1/dispatches/ers-0907")
    assert await one.json() == every[1]
    missing = await served.http.get("/api/v1/dispatches/ers-1")
    assert missing.status == 404
    assert (await missing.json())["code"] == "not_found"


async def test_every_reason_has_its_sentence(served: Served) -> None:
    reasons = (await (await served.http.get("/api/v1/reasons")).json())["reasons"]
    assert {one["reason"]: one["text"] for one in reasons} == {one: one.text for one in Reason}


async def test_a_null_price_is_null(served: Served) -> None:
    served.watch.shown = a_view(plan=plan_now(marginal_price_per_mwh=None))
    state = await (await served.http.get("/api/v1/state")).json()
    assert state["marginal_price_per_mwh"] is None
