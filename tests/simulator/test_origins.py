"""Every reply of every make says where its shape is from, and the manual repeats it."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.simulator.antminer import catalog as antminer
from controller.simulator.antminer.replies import QUESTIONS as SCRIPTS
from controller.simulator.luxos import catalog as luxos
from controller.simulator.luxos.api import PRIVILEGED, QUESTIONS
from controller.simulator.origins import ORIGINS, origin_table

MANUAL = Path(__file__).parents[2] / "docs" / "simulator.md"
REPLIES = {
    "luxos": {*QUESTIONS, *PRIVILEGED, "logon"},
    "antminer": {*SCRIPTS, "set_miner_conf"},
}
RECORDINGS = {
    "luxos": luxos.load_model("s19k_pro").recorded,
    "antminer": antminer.load_model("s21").recorded,
}


def test_every_make_is_there() -> None:
    assert set(ORIGINS) == set(REPLIES)


@pytest.mark.parametrize("make", REPLIES)
def test_every_reply_has_its_origin(make: str) -> None:
    assert set(ORIGINS[make]) == REPLIES[make]


@pytest.mark.parametrize("make", REPLIES)
def test_what_is_called_recorded_has_a_recording(make: str) -> None:
    """test_luxos_replies and test_antminer_replies compare each with it, key by key."""
    recorded = {name for name, origin in ORIGINS[make].items() if origin == "recorded"}
    assert recorded <= set(RECORDINGS[make])


def test_the_manual_tells_the_same() -> None:
    assert origin_table() in MANUAL.read_text()
