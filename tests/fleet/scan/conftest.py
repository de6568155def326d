from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from controller.fleet.antminer import ANTMINER
from controller.fleet.luxos import LUXOS
from controller.fleet.scan.questions import Questions
from controller.fleet.settings import GroupMiners
from tests.fleet.help import HASTY, tools

Asking = Callable[..., Questions]


PATIENT = HASTY.model_copy(update={"connect_timeout_s": 5.0, "reply_timeout_s": 5.0})
"""Whoever answers is found, however busy the machine is."""


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    """How addresses are asked, both firmwares at ports of the test's own."""
    toolbox = tools(tmp_path, PATIENT)

    def questions(
        luxos: int = 4028,
        antminer: int = 80,
        groups: tuple[GroupMiners, ...] = (),
        password_file: Path | None = None,
    ) -> Questions:
        return Questions(
            drivers={"luxos": LUXOS.build(toolbox), "antminer": ANTMINER.build(toolbox)},
            ports={"luxos": luxos, "antminer": antminer},
            groups=groups,
            password_file=password_file,
        )

    return questions
