"""The whole daemon on a real broker, which is killed and restarted in mid-dispatch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.e2e.scrape import metric
from tests.e2e.site import Process, Site
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until
from tests.e2e.web import answers, ask
from tests.mqtt.broker import HOST, Broker

TARGET_KW, TOLERANCE = 18.0, 1.01
SHADOW_PORT = 8471


class Utility:
    """A sender that repeats until it gets its receipt, and hears everything."""

    def __init__(self, port: int, root: str) -> None:
        self.root = root
        self.said: dict[str, list[Any]] = {}
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_message = self._hear
        self._client.on_connect = self._greet
        self._client.reconnect_delay_set(1, 1)
        self._client.connect(HOST, port)
        self._client.loop_start()

    def _greet(self, *_: object) -> None:
        self._client.subscribe(f"{self.root}/#", qos=1)

    def _hear(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        if "/dispatch/" in message.topic:
            return
        said = json.loads(message.payload) if message.payload else None
        self.said.setdefault(message.topic, []).append(said)

    def publish(self, topic: str, body: bytes) -> None:
        self._client.publish(f"{self.root}/{topic}", body, qos=1)

    def send(self, body: dict[str, Any]) -> Any:
        """The receipt."""

        def received() -> Any:
            self.publish("dispatch/grid-operator", json.dumps(body).encode())
            time.sleep(0.3)  # the pace of a sender that repeats
            receipts = self.said.get(f"{self.root}/receipt/grid-operator", [])
            return next((one for one in receipts if one["version"] == body["version"]), None)

        return until(received, "the receipt")

    def last(self, topic: str) -> Any:
        return self.said.get(f"{self.root}/{topic}", [{}])[-1]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    one.start()
    yield one
    one.kill()


@pytest.fixture
def utility(site: Site, broker: Broker) -> Iterator[Utility]:
    site.plain["mqtt"] = {
        "broker": {"host": HOST, "port": broker.port, "tls": False},
        "authorities": ["grid-operator"],
    }
    one = Utility(broker.port, f"curtaild/{site.plain['site']['id']}")
    yield one
    one.close()


def connected(site: Site) -> bool:
    return metric(site.get("/metrics").text, "curtaild_mqtt_connected") == 1


def memory_kb(process: Process) -> int:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_a_dispatch_holds_while_the_broker_dies_and_comes_back(
    site: Site, broker: Broker, utility: Utility
) -> None:
    site.farm()
    daemon = site.daemon()
    until(lambda: connected(site), "the connection")
    before_kb = memory_kb(daemon)
    utility.publish("dispatch/grid-operator", b" " * 10_000_000)
    body = site.dispatch("held", TARGET_KW, lasts_s=None)
    assert utility.send(body)["limit_kw"] == TARGET_KW
    assert memory_kb(daemon) - before_kb < 8_000
    until(lambda: site.true_kw() <= TARGET_KW and not site.in_flight(), "the curtailment")
    until(lambda: utility.last("dispatches/held").get("reached_since"), "the progress")
    with TruePower(site) as truth:
        broker.kill()
        until(lambda: not connected(site), "the loss of the broker")
        until(
            lambda: any(one["about"] == "mqtt" for one in site.state()["attention"]),
            "the warning on the page",
        )
        utility.said.clear()
        broker.start()
        until(lambda: connected(site), "the next connection")
        until(lambda: utility.last("state") and utility.last("dispatches/held"), "the state again")
        assert utility.send(body)["repeated"]
    assert truth.most_kw <= TARGET_KW * TOLERANCE
    cancel = body | {"version": 2, "cancelled": True}
    assert utility.send(cancel)["received"]
    until(lambda: utility.last("dispatches/held").get("phase") == "over", "the last word")
    until(lambda: site.true_kw() > TARGET_KW, "the restore")
    site.interrupt(daemon)
    assert daemon.wait(10) == 0
    until(lambda: utility.last("status") == {"status": "offline"}, "the last will")
    site.assert_books_are_whole()


def test_a_shadow_beside_takes_no_dispatch_and_gives_no_receipt(
    site: Site, broker: Broker, utility: Utility
) -> None:
    """Both read the same configuration, and it is the one in control that has to be heard."""
    site.farm()
    site.daemon()
    until(lambda: connected(site), "the connection")
    other = {"CURTAILD_HTTP__PORT": str(SHADOW_PORT)}
    site.processes.curtaild("run", "--shadow", "--config", site.path, name="shadow", env=other)
    shadow = f"http://{site.block.host}:{SHADOW_PORT}"
    until(lambda: answers(f"{shadow}/readyz"), "the shadow")
    until(lambda: metric(ask(f"{shadow}/metrics").text, "curtaild_mqtt_connected"), "its link")
    assert utility.send(site.dispatch("held", TARGET_KW, lasts_s=None))["limit_kw"] == TARGET_KW
    until(lambda: site.true_kw() <= TARGET_KW, "the curtailment")
    assert ask(f"{shadow}/api/v1/dispatches").json["dispatches"] == []
    assert metric(site.get("/metrics").text, "curtaild_mqtt_connections_total") == 1
