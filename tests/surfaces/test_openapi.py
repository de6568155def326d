"""The document is valid OpenAPI 3.1, and what is served is what it says."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from controller.errors import TemporaryError
from controller.ports import Receipt
from tests.surfaces.conftest import Served, bearer
from tests.surfaces.test_dispatch_in import BODY
from tests.surfaces.test_people import LOCK, ORDER
from tests.surfaces.views import a_view

OPERATOR = bearer("control-room")


async def document(served: Served) -> dict[str, Any]:
    answer: dict[str, Any] = await (await served.http.get("/api/v1/openapi.json")).json()
    return answer


async def check(served: Served, method: str, path: str, template: str, **sent: Any) -> int:
    """The status of a request whose answer fits the document."""
    answer = await served.http.request(method, path, **sent)
    api = await document(served)
    described = api["paths"][template][method.lower()]["responses"][str(answer.status)]
    schema = described["content"]["application/json"]["schema"]
    whole = {**schema, "components": api["components"]}
    OAS31Validator(whole).validate(await answer.json())
    return answer.status


async def test_it_is_valid(served: Served) -> None:
    api = await document(served)
    assert api["openapi"].startswith("3.1")
    validate(api)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/healthz", "/healthz"),
        ("/readyz", "/readyz"),
        ("/api/v1/state", "/api/v1/state"),
        ("/api/v1/plan", "/api/v1/plan"),
        ("/api/v1/reasons", "/api/v1/reasons"),
        ("/api/v1/dispatches", "/api/v1/dispatches"),
        ("/api/v1/dispatches/ers-0907", "/api/v1/dispatches/{id}"),
    ],
)
async def test_what_is_shown_fits(served: Served, path: str, template: str) -> None:
    assert await check(served, "GET", path, template) == 200
    served.watch.shown, served.watch.is_alive = None, False
    if template != "/api/v1/reasons":
        assert await check(served, "GET", path, template) == 503


async def test_a_site_that_has_nothing_to_show_fits_too(served: Served) -> None:
    view = a_view()
    served.watch.shown = type(view)(
        seen=type(view.seen)(now=view.seen.now, site=view.seen.site),
        state=type(view.state)(),
        plan=view.plan,
        started_at=view.started_at,
        code_version="",
        config_hash="",
    )
    assert await check(served, "GET", "/api/v1/state", "/api/v1/state") == 200


async def test_answers_to_dispatches_fit(served: Served) -> None:
    path = "/api/v1/dispatches"

    async def send(**sent: Any) -> int:
        return await check(served, "POST", path, path, **sent)

    assert await send(json=BODY, headers=bearer("utility")) == 201
    assert await send(json=BODY) == 401
    assert await send(data=b"{", headers=bearer("utility")) == 400
    assert await send(data=b"x" * 70_000, headers=bearer("utility")) == 413
    refusals = {"unauthorised": 403, "stale_version": 409, "over": 422, "not_committed": 503}
    for code, status in refusals.items():
        served.inbox.answer = Receipt(
            received=False, id="ers-1", version=1, code=code, problem="because"
        )
        assert await send(json=BODY, headers=bearer("utility")) == status


async def test_answers_to_people_fit(served: Served) -> None:
    orders, locks = "/api/v1/orders", "/api/v1/locks"
    order, lock = orders + "/{id}", locks + "/{place}"
    named = {"json": {"person": "M. Lee"}, "headers": OPERATOR}
    sent = {"json": ORDER, "headers": OPERATOR}
    assert await check(served, "POST", orders, orders, **sent) == 201
    assert await check(served, "POST", orders, orders, json=ORDER) == 401
    assert await check(served, "POST", orders, orders, json={}, headers=OPERATOR) == 400
    assert await check(served, "DELETE", f"{orders}/cooling", order, **named) == 200
    assert await check(served, "DELETE", f"{orders}/nothing", order, **named) == 404
    assert await check(served, "POST", locks, locks, json=LOCK, headers=OPERATOR) == 201
    assert await check(served, "DELETE", f"{locks}/a-07", lock, **named) == 200
    served.inbox.error = TemporaryError("the disk is full")
    assert await check(served, "DELETE", f"{locks}/a-07", lock, **named) == 503


async def test_writing_needs_the_token_in_the_document_too(served: Served) -> None:
    for path, methods in (await document(served))["paths"].items():
        for method, operation in methods.items():
            signed = operation["operationId"] == "take_webhook"
            assert ("security" in operation) == (method != "get" and not signed), path
