"""Every endpoint of the API, once: the server routes by this table, OpenAPI is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from controller.surfaces import api_miners as miners
from controller.surfaces import api_models as api
from controller.surfaces import api_opt_outs as outs
from controller.surfaces import api_parts as parts
from controller.surfaces import api_requests as req
from controller.surfaces import api_revenue as revenue

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """One status of an endpoint. Without a model the body is what `media` says."""

    text: str
    model: type[BaseModel] | None = None
    media: str = JSON


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    operation: str
    summary: str
    answers: Mapping[int, Answer]
    body: type[BaseModel] | None = None
    body_required: bool = True
    token: bool = False
    query: Mapping[str, str] = field(default_factory=dict)
    """What may stand after the question mark, and what for."""


def _problem(text: str) -> Answer:
    return Answer(text, req.Problem)


def _refused(text: str) -> Answer:
    return Answer(text, req.DispatchRefused)


NOT_YET = _problem("The first cycle has not completed; see Retry-After.")
NOT_COMMITTED = _problem("Not on disk: nothing was taken over; see Retry-After.")

WRITING: Mapping[int, Answer] = {
    400: _problem("Malformed body."),
    401: _problem("No token, or an unknown one."),
    403: _problem("The token's authority is not an operator."),
    408: _problem("The body came too slowly."),
    413: _problem("The body is larger than 64 KiB."),
    503: NOT_COMMITTED,
}

SEEING = (
    Endpoint(
        "GET",
        "/healthz",
        "health",
        "Whether the process completes its cycles",
        {200: Answer("It does.", api.Health), 503: Answer("It does not.", api.Health)},
    ),
    Endpoint(
        "GET",
        "/readyz",
        "readiness",
        "Whether the site is controlled: cycles, fleet, ledger",
        {
            200: Answer("It is.", api.Readiness),
            503: Answer("Not yet, or not any more: what is missing.", api.Readiness),
        },
    ),
    Endpoint(
        "GET",
        "/metrics",
        "metrics",
        "Metrics for Prometheus",
        {200: Answer("Text exposition format.", media="text/plain")},
    ),
    Endpoint(
        "GET",
        "/api/v1/state",
        "state",
        "Everything that the page shows",
        {200: Answer("The site now.", api.SiteState), 503: NOT_YET},
    ),
    Endpoint(
        "GET",
        "/api/v1/plan",
        "plan",
        "The last decision and its reasons",
        {200: Answer("The plan.", api.PlanNow), 503: NOT_YET},
    ),
    Endpoint(
        "GET",
        "/api/v1/miners",
        "miners",
        "The fleet, miner by miner, a page at a time",
        {
            200: Answer("By name.", miners.Miners),
            400: _problem("A limit that is none."),
        },
        query={
            "after": "Only miners whose names come after this one: `next_after` of the last page.",
            "limit": "How many at most, up to 1000, which is also what one gets without it.",
        },
    ),
    Endpoint(
        "GET",
        "/api/v1/events",
        "events",
        "Server-sent events: one history, then state (at most twice a second) and beat",
        {
            200: Answer("Events history, state, beat.", media="text/event-stream"),
            503: _problem("Too many streams are open."),
        },
    ),
    Endpoint(
        "GET",
        "/api/v1/reasons",
        "reasons",
        "Every reason, with its sentence",
        {200: Answer("The closed enumeration.", api.Reasons)},
    ),
    Endpoint(
        "GET",
        "/api/v1/openapi.json",
        "openapi",
        "This document",
        {200: Answer("OpenAPI 3.1.", media=JSON)},
    ),
)

DISPATCHES = (
    Endpoint(
        "GET",
        "/api/v1/dispatches",
        "dispatches",
        "Dispatches in force and to come, and those ended by voice within the last day",
        {200: Answer("By start.", api.Dispatches), 503: NOT_YET},
    ),
    Endpoint(
        "GET",
        "/api/v1/dispatches/{id}",
        "one_dispatch",
        "One dispatch",
        {
            200: Answer("The newest version of it.", parts.DispatchNow),
            404: _problem("None of that id is in force, to come or lately ended by voice."),
            503: NOT_YET,
        },
    ),
    Endpoint(
        "POST",
        "/api/v1/dispatches",
        "send_dispatch",
        "Send a dispatch, or a newer version of one",
        {
            200: Answer("The same had been received before.", req.DispatchReceived),
            201: Answer("It is on disk and will be obeyed.", req.DispatchReceived),
            400: _refused("Malformed."),
            401: _refused("No token, or an unknown one."),
            403: _refused("The program belongs to another authority."),
            408: _refused("The body came too slowly."),
            409: _refused("An older version, or another content under the same one."),
            413: _refused("The body is larger than 64 KiB."),
            422: _refused("The program does not allow it."),
            503: _refused("Not on disk: send it again; see Retry-After."),
        },
        body=req.DispatchSent,
        token=True,
    ),
)

WEBHOOKS = (
    Endpoint(
        "POST",
        "/api/v1/webhooks/{name}",
        "take_webhook",
        "A signed delivery of an aggregator that holds a dispatch",
        {
            200: Answer("The same had been received before.", req.DispatchReceived),
            201: Answer("It is on disk and will be obeyed.", req.DispatchReceived),
            400: _refused("Malformed."),
            401: _refused("No signature that fits, or one of another time."),
            403: _refused("The program belongs to another authority."),
            404: _refused("No webhook of that name."),
            408: _refused("The body came too slowly."),
            409: _refused("An older version, or another content under the same one."),
            413: _refused("The body is larger than 64 KiB."),
            422: _refused("The program does not allow it."),
            503: _refused("Not on disk: send it again; see Retry-After."),
        },
    ),
)

PEOPLE = (
    Endpoint(
        "POST",
        "/api/v1/dispatches/{id}/recall",
        "recall_dispatch",
        "End a dispatch by voice",
        {
            **WRITING,
            200: Answer("It is ended, and that is on disk.", req.DispatchEnded),
            404: _problem("No dispatch of that id is in force or to come."),
        },
        body=req.RecallSent,
        token=True,
    ),
    Endpoint(
        "GET",
        "/api/v1/dispatches/{id}/opt-out",
        "opt_out_penalty",
        "What opting out of a dispatch would cost now",
        {
            200: Answer("The penalty, and what it is made of.", outs.PenaltyNow),
            404: _problem("No dispatch of that id is known."),
            422: _problem("Nobody may opt out of it, or there is nothing to opt out of."),
        },
    ),
    Endpoint(
        "POST",
        "/api/v1/dispatches/{id}/opt-out",
        "opt_out",
        "Opt out of a dispatch, at the penalty that was shown",
        {
            **WRITING,
            200: Answer("It is not obeyed any more, and that is on disk.", outs.OptedOut),
            404: _problem("No dispatch of that id is known."),
            409: Answer("The penalty is another by now; nothing was done.", outs.PenaltyChanged),
            422: _problem("Nobody may opt out of it, or there is nothing to opt out of."),
        },
        body=outs.OptOutSent,
        token=True,
    ),
    Endpoint(
        "GET",
        "/api/v1/orders",
        "orders",
        "Manual orders in force",
        {200: Answer("By id, those just set included.", api.Orders), 503: NOT_YET},
    ),
    Endpoint(
        "POST",
        "/api/v1/orders",
        "set_order",
        "Set or replace a manual limit, highest level, floor or hold",
        {
            **WRITING,
            200: Answer("An order of that id was replaced.", parts.OrderNow),
            201: Answer("The order is on disk.", parts.OrderNow),
            422: _problem("No such scope, no such level there, or `until` is past."),
        },
        body=req.OrderSent,
        token=True,
    ),
    Endpoint(
        "DELETE",
        "/api/v1/orders/{id}",
        "end_order",
        "End a manual order",
        {
            **WRITING,
            200: Answer("The order that was ended, with who ended it.", parts.OrderNow),
            404: _problem("No order of that id is in force."),
        },
        body=req.OrderEnd,
        body_required=False,
        token=True,
    ),
    Endpoint(
        "POST",
        "/api/v1/locks",
        "set_lock",
        "Lock a group or a miner for maintenance",
        {
            **WRITING,
            201: Answer("The lock is on disk.", parts.LockNow),
            422: _problem("No such place."),
        },
        body=req.LockSent,
        token=True,
    ),
    Endpoint(
        "DELETE",
        "/api/v1/locks/{place}",
        "release_lock",
        "Release a place",
        {
            **WRITING,
            200: Answer("Released.", req.LockReleased),
            404: _problem("The place is not locked."),
        },
        body=req.LockRelease,
        token=True,
    ),
    Endpoint(
        "POST",
        "/api/v1/revenue-meter/imports",
        "import_revenue_meter",
        "Import a CSV file of the revenue meter",
        {
            **WRITING,
            200: Answer("What became of it; what it says is on disk.", revenue.RevenueFileTaken),
            413: _problem("The body is larger than 12 MiB."),
            422: _problem("It cannot be read, or is doubted and nobody insists."),
        },
        body=revenue.RevenueFileSent,
        token=True,
    ),
)

ENDPOINTS = (*SEEING, *DISPATCHES, *WEBHOOKS, *PEOPLE)
