"""docs/schemas: kept equal to the models, and true of what is accepted and what is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from controller.core.dispatches.body import RefusalError, read
from controller.surfaces.mqtt.plain import PlainError, dispatch_of
from controller.surfaces.mqtt.schemas import schemas
from controller.surfaces.mqtt.settings import PlainSettings
from tests.core.dispatches import by_kw, by_percent, sent
from tests.mqtt.conftest import ROOT, Station
from tests.mqtt.peer import peer
from tests.mqtt.schema_files import FOLDER, files


def fits(name: str, value: object) -> bool:
    return bool(OAS31Validator(schemas()[name]).is_valid(value))


def test_the_files_are_those_of_the_models() -> None:
    kept = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("mqtt-*.json")}
    assert kept == files(), "python -m tests.mqtt.schema_files"


def is_read(body: dict[str, Any]) -> bool:
    try:
        read(body)
    except RefusalError:
        return False
    return True


BODIES = [
    sent(),
    sent(start=None, end=None),
    sent() | {"end": None},
    sent(target=by_kw(30.5)),
    sent(target=by_percent(100)),
    sent(cancelled=True),
    sent(version=2**63 - 1),
    sent(id="ä / + #"),
    sent(id="x" * 128),
    sent(issued_at="2023-09-06t18:59:00.123z"),
    sent(issued_at="2023-09-06T18:59:00-05:00"),
    sent(target={"kind": "reduce_to_kw", "kw": 10_000_000}),
    sent(id=""),
    sent(id="x" * 129),
    sent(id="a\nb"),
    sent(id=7),
    sent(id=None),
    sent(version=0),
    sent(version="1"),
    sent(version=True),
    sent(version=2**63),
    sent(program=None),
    sent(issued_at=None),
    sent(issued_at="2023-09-06T18:59:00"),
    sent(issued_at="2023-09-06T18:59Z"),
    sent(issued_at="2023-13-06T18:59:00Z"),
    sent(issued_at=1694026740),
    sent(end="soon"),
    sent(ende="2023-09-06T18:59:00Z"),
    sent(cancelled=1),
    sent() | {"cancelled": None},
    sent(target=None),
    sent(target={"kind": "off"}),
    sent(target={"kw": 40}),
    sent(target=by_kw(-1)),
    sent(target=by_kw(10_000_001)),
    sent(target=by_kw(True)),
    sent(target=by_percent(101)),
    sent(target={"kind": "reduce_by_kw", "kw": 5}),
    sent(target={"kind": "reduce_to_kw", "kw": 5, "reference": "now"}),
]


@pytest.mark.parametrize("body", BODIES)
def test_the_schema_of_a_dispatch_takes_what_is_read_and_nothing_else(
    body: dict[str, Any],
) -> None:
    assert fits("dispatch", body) == is_read(body)


def is_meant(body: dict[str, Any]) -> bool:
    try:
        dispatch_of(body, PlainSettings(program="ers", reference="contract"))
    except PlainError:
        return False
    return True


@pytest.mark.parametrize("target", [0, 100, 37.5, -1, 101, "0", None, True])
@pytest.mark.parametrize("timestamp", [1, 1694026740, 5.0, 5.5, 0, 1694026740000, "5", True])
def test_the_schema_of_a_plain_payload_too(target: object, timestamp: object) -> None:
    body = {"target": target, "timestamp": timestamp}
    assert fits("plain", body) == is_meant(body)
    assert not fits("plain", body | {"more": 1})


async def test_what_is_said_fits_its_schema(station: Station) -> None:
    async with peer(station.broker.port, f"{ROOT}/#") as display:
        await display.send(f"{ROOT}/dispatch/grid", sent())
        await display.send(f"{ROOT}/dispatch/grid", b"{")
        for topic in ("receipt/grid", "error/grid", "state", "plan", "status"):
            said = await display.next_on(f"{ROOT}/{topic}")
            name = topic.partition("/")[0]
            assert fits(name, said), (topic, json.dumps(said)[:500])
        said = await display.next_on(f"{ROOT}/dispatches/ers-0906")
    assert fits("progress", said)
