from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from controller.fleet.antminer import ANTMINER
from controller.fleet.driver import Toolbox
from controller.fleet.luxos import LUXOS
from controller.fleet.scan.questions import Questions
from controller.fleet.settings import GroupMiners
from tests.fleet.help import tools

Asking = Callable[..., Questions]


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return tools(tmp_path)


@pytest.fixture
def asking(toolbox: Toolbox) -> Asking:
    """How addresses are asked, both firmwares at ports of the test's own."""

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
