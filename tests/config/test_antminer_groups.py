"""Stock Antminers and miners behind address translation, as a configuration names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.config.load import load
from controller.config.secrets import secrets
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil

LUXOS = "{driver: luxos, addresses: [127.20.2.1-127.20.2.24]}"
BEHIND = '{a1: {address: 127.20.9.1, port: 8001, mac: "02:00:00:00:00:01"}}'


def test_a_group_of_each_make(spoil: Spoil, folder: Path) -> None:
    (folder / "antminer").write_text("hidden\n")
    stock = (
        f"{{driver: antminer, nameplate_w: 3500, password_file: antminer, behind_nat: {BEHIND}}}"
    )
    settings = load(spoil(LUXOS, stock), SETTINGS, {})
    miners = settings.groups["hall-b"].miners
    assert miners.miners() == {"a1": ("127.20.9.1", 8001, "02:00:00:00:00:01")}
    assert "hidden" in secrets(settings), "so that no log says it"


@pytest.mark.parametrize(
    ("miners", "said"),
    [
        (
            "{driver: antminer, addresses: [127.20.2.1]}",
            "groups.hall-b.miners.nameplate_w: is missing",
        ),
        (
            "{driver: antminer, nameplate_w: 3500}",
            "groups.hall-b.miners: names no miner: give addresses, or behind_nat",
        ),
        (
            "{driver: luxos, behind_nat: "
            '{a1: {address: 127.20.1.1, port: 4028, mac: "02:00:00:00:00:01"}}}',
            "groups.hall-b.miners.behind_nat: 127.20.1.1 in group hall-a already: "
            "a miner belongs to one group",
        ),
        (
            "{driver: antminer, nameplate_w: 3500, password_file: none, addresses: [127.20.2.1]}",
            "groups.hall-b.miners.password_file: there is no file none: "
            "put it there or correct the path",
        ),
    ],
)
def test_a_mistake_is_named(miners: str, said: str, complaints: Complaints) -> None:
    assert complaints(LUXOS, miners) == [f"site.yaml:11: {said}"]
