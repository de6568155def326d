"""Connections that messages come and go by: MQTT."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.core.dispatches.body import Code
from controller.model.view import LinkHealth, View
from controller.surfaces.families.build import by_name, counter, counters, from_zero, gauge

RESULTS = ("received", "repeated", "too_large", "too_many", "refused", *Code)
"""What may become of a message."""
UNSENT = ("too_large", "refused")


def families(view: View) -> Iterator[Metric]:
    """Nothing where MQTT is not configured."""
    adapter = view.adapters.get("mqtt")
    if adapter is not None and adapter.link is not None:
        yield from _mqtt(adapter.link)


def _mqtt(link: LinkHealth) -> Iterator[Metric]:
    yield gauge(
        "curtaild_mqtt_connected", "1 while the broker is connected.", float(link.connected)
    )
    yield counter("curtaild_mqtt_connections_total", "Connections to the broker.", link.connections)
    yield gauge(
        "curtaild_mqtt_waiting", "Messages that have arrived and are not yet judged.", link.waiting
    )
    yield counters(
        "curtaild_mqtt_messages_total",
        "Messages that arrived, by what became of them.",
        ["result"],
        by_name(from_zero(RESULTS, link.messages)),
    )
    yield counters(
        "curtaild_mqtt_unsent_total",
        "Messages of ours that the broker would not take, by why.",
        ["reason"],
        by_name(from_zero(UNSENT, link.unsent)),
    )
