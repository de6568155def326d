"""Secrets stand in their files and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from controller.config.compose import Settings
from controller.config.identity import config_hash, public
from controller.config.load import load
from controller.config.secrets import secrets
from controller.logs import set_up
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil
from tests.config.sound import SECRET


def test_settings_do_not_hold_them(settings: Settings) -> None:
    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()
    assert SECRET not in json.dumps(public(settings))
    assert secrets(settings) == {SECRET}


def test_a_secret_written_where_none_belongs_is_not_repeated(complaints: Complaints) -> None:
    found = complaints(
        *("grid-operator: tokens/grid", f"grid-operator: {{inline: {SECRET}}}"),
        *("minimum_off_s: 300", f"minimum_off_s: {SECRET}"),
    )
    assert len(found) == 2
    assert SECRET not in "".join(found)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_logs_mask_them_however_deep(settings: Settings, form: str) -> None:
    out = StringIO()
    set_up(form=form, secrets=secrets(settings), stream=out)
    log = structlog.get_logger("here")
    log.info("sent", header=f"Bearer {SECRET}", deep=[{SECRET: (SECRET,)}], raw=SECRET.encode())
    logging.getLogger("a.library").warning("token %s", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    assert SECRET not in text
    assert text.count("***") >= 5
    assert "a.library" in text
    assert "ValueError" in text


def test_logs_below_the_level_are_left_out() -> None:
    out = StringIO()
    set_up(level="warning", stream=out)
    structlog.get_logger("here").info("quiet")
    structlog.get_logger("here").warning("loud")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["loud"]


def test_the_hash_is_of_the_settings_and_not_of_the_machine(spoil: Spoil) -> None:
    path = spoil()
    first = config_hash(load(path, SETTINGS, {}))
    other = path.parent / "elsewhere"
    other.mkdir()
    for name in ("tokens", "prices.csv", "site.yaml"):
        (path.parent / name).rename(other / name)
    (other / "tokens" / "grid").write_text("another-secret-altogether")
    assert config_hash(load(other / "site.yaml", SETTINGS, {})) == first
    changed = load(other / "site.yaml", SETTINGS, {"CURTAILD_SITE__IMPORT_LIMIT_KW": "191"})
    assert config_hash(changed) != first
