"""The mqtt section: who may send over it, and what the plain payload may mean."""

from __future__ import annotations

import pytest

from controller.config.load import load
from controller.config.secrets import secrets
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil
from tests.config.sound import SECRET

END = "state_dir: state\n"
MQTT = (
    "mqtt: {broker: {host: localhost, port: 1883, tls: false}, authorities: [grid-operator], "
    "plain: {}}\n"
)


def with_mqtt(old: str = "", new: str = "") -> tuple[str, str]:
    assert old in MQTT
    return END, END + (MQTT.replace(old, new) if old else MQTT)


PLAIN = "plain: {}"
PER_CENT = ("[reduce_to_kw, reduce_by_kw]", "[reduce_to_kw, reduce_by_percent]")
CONTRACTED = ("{kind: contracted, kw: 180}", "{kind: power_at_acceptance}")
TOKEN = ("  tokens:\n    grid-operator: tokens/grid\n", "")


def test_an_authority_of_mqtt_needs_no_token(spoil: Spoil, complaints: Complaints) -> None:
    settings = load(spoil(*with_mqtt(), *TOKEN), SETTINGS, {})
    assert settings.mqtt is not None
    assert settings.mqtt.senders == {"grid-operator"}
    (text,) = complaints(*TOKEN)
    assert "programs.ers.authority" in text
    assert "mqtt.authorities" in text


@pytest.mark.parametrize(
    ("plain", "more", "word"),
    [
        ("{grid-operator: {program: er}}", (), "must be a program: ers; did you mean ers?"),
        ("{tool: {program: ers}}", (), "belongs to authority grid-operator"),
        (
            "{grid-operator: {program: ers, reference: contracted}}",
            (),
            "must allow reduce_by_percent",
        ),
        (
            "{grid-operator: {program: ers, reference: contrated}}",
            PER_CENT,
            "did you mean contracted?",
        ),
        (
            "{grid-operator: {program: ers, reference: contracted}}",
            (*PER_CENT, *CONTRACTED),
            "must be a contracted one",
        ),
    ],
)
def test_the_plain_payload_fits_its_program(
    complaints: Complaints, plain: str, more: tuple[str, ...], word: str
) -> None:
    found = complaints(*with_mqtt(PLAIN, f"plain: {plain}"), *more)
    assert len(found) == 1
    assert "mqtt.plain" in found[0]
    assert word in found[0]


@pytest.mark.parametrize("reference", ["", ", reference: contracted"])
def test_a_sound_plain_payload(spoil: Spoil, reference: str) -> None:
    plain = f"plain: {{grid-operator: {{program: ers{reference}}}}}"
    assert load(spoil(*with_mqtt(PLAIN, plain), *PER_CENT), SETTINGS, {}).mqtt


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("host: localhost", "host: broker.example", "anybody on the way could read"),
        ("tls: false", "tls: false, password_file: tokens/grid", "needs a username"),
        ("tls: false", "cert_file: tokens/grid", "go together"),
        ("tls: false", "tls: false, ca_file: tokens/grid", "are for TLS"),
        ("tls: false", "ca_file: absent.crt", "there is no file"),
        ("tls: false", "tls: false, username: u, password_file: prices.csv", "open to other users"),
        ("port: 1883", "port: 0", "greater than or equal to 1"),
        ("authorities: [", "authorities: [grid-operator, ", "stands there twice"),
        ("authorities: [", "authorities: [Grid/+, ", "must match"),
        ("plain: {}", "prefix: a/b", "must match"),
        ("plain: {}", "state_every_s: .nan", "finite"),
        ("plain: {}", "qos: 2", "unknown key"),
    ],
)
def test_mistakes_are_named(complaints: Complaints, old: str, new: str, word: str) -> None:
    (text,) = complaints(*with_mqtt(old, new))
    assert "mqtt" in text
    assert word in text


def test_the_password_is_masked_in_logs(spoil: Spoil) -> None:
    changed = "tls: false, username: u, password_file: tokens/grid"
    settings = load(spoil(*with_mqtt("tls: false", changed), *TOKEN), SETTINGS, {})
    assert secrets(settings) == {SECRET}
