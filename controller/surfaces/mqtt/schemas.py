"""JSON Schema of every message, from the models that they are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from controller.core.dispatches.body import MOST_KW
from controller.surfaces.api_models import PlanNow, SiteState
from controller.surfaces.api_requests import Sent
from controller.surfaces.mqtt.messages import DispatchProgress, ErrorSent, ReceiptSent, Status
from controller.surfaces.mqtt.plain import LAST_TIMESTAMP

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
_ZONE = r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
Moment = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": f"^{_DATE}[Tt]{_TIME}{_ZONE}$"}
    ),
]


class ReduceTo(Sent):
    """Draw no more than this at the site's meter."""

    kind: Literal["reduce_to_kw"]
    kw: Annotated[float, Field(ge=0, le=MOST_KW)]


class ReduceBy(Sent):
    """Draw this much less than a reference of the program."""

    kind: Literal["reduce_by_kw"]
    kw: Annotated[float, Field(ge=0, le=MOST_KW)]
    reference: str


class ReduceByPercent(Sent):
    """Draw this many per cent less than a reference of the program."""

    kind: Literal["reduce_by_percent"]
    percent: Annotated[float, Field(ge=0, le=100)]
    reference: str


class Level(Sent):
    """What the program says that a level asks for."""

    kind: Literal["level"]
    level: Annotated[str, Field(max_length=40)]


class Follow(Sent):
    """Draw this at the site's meter: no more, and no less than what can run comes to."""

    kind: Literal["follow_kw"]
    kw: Annotated[float, Field(ge=0, le=MOST_KW)]


class Dispatch(Sent):
    """One instruction under a program; docs/dispatches.md says what is done with it."""

    id: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
    """Printable characters, unique at the site."""
    version: Annotated[int, Field(ge=1, le=2**63 - 1)]
    program: str
    issued_at: Moment
    target: Annotated[
        ReduceTo | ReduceBy | ReduceByPercent | Level | Follow, Field(discriminator="kind")
    ]
    start: Moment | None = None
    """Left out or null: from `issued_at`."""
    end: Moment | None = None
    """Left out or null: open, until a newer version ends or cancels it."""
    cancelled: bool = False


class Plain(Sent):
    """The payload of fleet tools: an open dispatch from `timestamp` on."""

    target: Annotated[float, Field(ge=0, le=100)]
    """0: all off; 100: no limit; in between: so many per cent of the reference."""
    timestamp: Annotated[int, Field(ge=1, le=LAST_TIMESTAMP)]
    """Unix time in whole seconds."""


IN: Mapping[str, type[BaseModel]] = {"dispatch": Dispatch, "plain": Plain}
OUT: Mapping[str, type[BaseModel]] = {
    "receipt": ReceiptSent,
    "error": ErrorSent,
    "status": Status,
    "state": SiteState,
    "plan": PlanNow,
    "progress": DispatchProgress,
}


def schemas() -> dict[str, dict[str, Any]]:
    """By the name of the message."""
    made = {name: model.model_json_schema() for name, model in IN.items()}
    made |= {name: model.model_json_schema(mode="serialization") for name, model in OUT.items()}
    return {name: {"$schema": DRAFT} | schema for name, schema in made.items()}


def text_of(schema: Mapping[str, Any]) -> str:
    """As it stands in docs/schemas."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
