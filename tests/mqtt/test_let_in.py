"""TLS, passwords and the ACL of deploy/, as they are shipped."""

from __future__ import annotations

import logging
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from tests.core.dispatches import sent
from tests.mqtt.broker import HOST, Broker
from tests.mqtt.certificates import Authority
from tests.mqtt.conftest import ROOT, Station
from tests.mqtt.peer import peer

DEPLOY = Path(__file__).parents[2] / "deploy"
USERS = ("curtaild", "grid", "utility", "display")
RECEIPT = f"{ROOT}/receipt/grid"


def password(user: str) -> str:
    return f"the-password-of-{user}"


@dataclass
class Shipped:
    """A broker with the files of deploy/, moved to a folder of the test's."""

    broker: Broker
    authority: Authority
    folder: Path

    def settings(self, user: str = "curtaild", **changes: Any) -> dict[str, Any]:
        secret = self.folder / f"{user}.password"
        secret.write_text(password(user) + "\n")
        secret.chmod(0o600)
        return {
            "host": HOST,
            "port": self.broker.port,
            "ca_file": self.authority.ca_file,
            "username": user,
            "password_file": secret,
        } | changes

    def as_user(self, user: str) -> dict[str, Any]:
        context = ssl.create_default_context(cafile=self.authority.ca_file)
        return {"username": user, "password": password(user), "tls_context": context}


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Shipped]:
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto is not installed")
    authority = Authority(tmp_path)
    authority.sign("broker", HOST)
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    for user in USERS:
        subprocess.run(["mosquitto_passwd", "-b", str(passwords), user, password(user)], check=True)
    moved = {
        "listener 8883": "user root\nlistener {port} {host}",
        "/etc/mosquitto/curtaild.passwords": str(passwords),
        "/etc/mosquitto/curtaild.acl": str(DEPLOY / "mosquitto.acl"),
        "/etc/mosquitto/certs/": "{folder}/",
        "/var/lib/mosquitto/": "{folder}/",
    }
    text = (DEPLOY / "mosquitto.conf").read_text()
    for old, new in moved.items():
        assert old in text, old
        text = text.replace(old, new)
    broker = Broker(tmp_path, text)
    broker.start()
    yield Shipped(broker, authority, tmp_path)
    broker.kill()


async def test_each_authority_speaks_for_itself_only(shipped: Shipped) -> None:
    station = Station(shipped.broker)
    station.build(broker=shipped.settings())
    port = shipped.broker.port
    answers = (f"{ROOT}/receipt/+", f"{ROOT}/error/+")
    async with (
        station.running(),
        peer(port, *answers, **shipped.as_user("grid")) as grid,
        peer(port, *answers, **shipped.as_user("utility")) as utility,
    ):
        await utility.send(f"{ROOT}/dispatch/grid", sent(id="forged"))
        await utility.send(f"{ROOT}/plain/grid", {"target": 0, "timestamp": 1})
        await grid.send(f"{ROOT}/receipt/grid", {"forged": True})
        await grid.send(f"{ROOT}/dispatch/grid", sent())
        assert (await grid.next_on(RECEIPT))["id"] == "e-1"
        assert len(grid.heard) == 1
        await utility.send(f"{ROOT}/dispatch/utility", sent())
        assert (await utility.next_on(f"{ROOT}/error/utility"))["code"] == "unauthorised"
        assert len(utility.heard) == 1
    assert list(station.office.active()) == ["e-1"]
    assert station.service.health().unsent == {}


async def test_a_display_sees_everything_and_sends_nothing(shipped: Shipped) -> None:
    station = Station(shipped.broker)
    station.build(broker=shipped.settings())
    topics = [f"{ROOT}/{word}" for word in ("status", "state", "plan")]
    heard = f"{ROOT}/dispatches/ers-0906"
    async with (
        station.running(),
        peer(shipped.broker.port, f"{ROOT}/#", **shipped.as_user("display")) as display,
    ):
        for topic in (*topics, heard):
            await display.next_on(topic)
        await display.send(f"{ROOT}/state", {"forged": True})
        await display.send(f"{ROOT}/dispatch/grid", sent())
        assert not any("forged" in one for one in display.said(f"{ROOT}/state"))
    assert not station.office.active()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"username": "curtaild", "password_file": "grid.password"}, "check broker.username"),
        ({"ca_file": None}, "check broker.ca_file"),
        ({"host": "localhost"}, "check broker.ca_file"),
        ({"tls": False, "ca_file": None}, "with TLS where tls is true"),
        ({"password_file": "absent"}, "password_file: .* cannot be read"),
        ({"password_file": "open"}, "open to other users"),
    ],
)
async def test_who_is_not_let_in_is_told_what_to_check(
    shipped: Shipped,
    changes: dict[str, Any],
    word: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("controller.links.mqtt.ANSWER_WITHIN_S", 0.5)
    caplog.set_level(logging.DEBUG)
    shipped.settings("grid")
    (shipped.folder / "open").write_text("x")
    (shipped.folder / "open").chmod(0o644)
    if isinstance(changes.get("password_file"), str):
        changes = changes | {"password_file": shipped.folder / changes["password_file"]}
    station = Station(shipped.broker)
    station.build(broker=shipped.settings() | changes)
    with pytest.raises(TemporaryError, match=word) as raised:
        await station.service.run()
    assert raised.value.delay_s >= 1
    for user in USERS:
        assert password(user) not in caplog.text + str(raised.value)


async def test_a_certificate_may_stand_for_us(shipped: Shipped) -> None:
    cert_file, key_file = shipped.authority.sign("curtaild")
    station = Station(shipped.broker)
    station.build(broker=shipped.settings(cert_file=cert_file, key_file=key_file))
    async with station.running():
        assert station.service.health().connected
