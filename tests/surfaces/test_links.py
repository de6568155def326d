"""A connection as metrics, page and people see it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from controller.model.view import AdapterHealth, LinkHealth
from controller.surfaces.families import links
from controller.surfaces.present.attention import attention
from controller.surfaces.present.state import state
from tests.surfaces.views import a_view


def mqtt(**changes: Any) -> dict[str, AdapterHealth]:
    link = LinkHealth(connected=True, connections=3, waiting=2, messages={"received": 5})
    one = AdapterHealth(name="mqtt", kind="mqtt", errors=2, last_error="no broker", link=link)
    return {"mqtt": replace(one, **changes)}


AWAY = LinkHealth(connected=False, connections=3)


def samples(adapters: dict[str, AdapterHealth]) -> dict[str, float]:
    found = links.families(a_view(adapters=adapters))
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for family in found
        for sample in family.samples
    }


def test_the_metrics_of_a_connection() -> None:
    said = samples(mqtt())
    assert said["curtaild_mqtt_connected"] == 1
    assert said["curtaild_mqtt_connections_total"] == 3
    assert said["curtaild_mqtt_waiting"] == 2
    assert said["curtaild_mqtt_messages_total/received"] == 5
    assert said["curtaild_mqtt_messages_total/too_many"] == 0
    assert said["curtaild_mqtt_unsent_total/refused"] == 0
    assert samples(mqtt(link=AWAY))["curtaild_mqtt_connected"] == 0
    assert samples({}) == {}


def test_a_broker_that_is_away_is_shown() -> None:
    view = a_view(adapters=mqtt(link=AWAY))
    texts = [one.text for one in attention(view, alive=True) if one.about == "mqtt"]
    assert texts == ["mqtt is not connected and tries again: no broker."]
    (row,) = state(view, alive=True).adapters
    assert row.connected is False


def test_errors_of_the_past_need_nobody() -> None:
    view = a_view(adapters=mqtt())
    assert not [one for one in attention(view, alive=True) if one.about == "mqtt"]
