"""docs/miners.md says of each driver what the code declares."""

from __future__ import annotations

import pytest

from controller.fleet.capabilities import Declared, as_markdown
from controller.wiring import DRIVERS

from .pages import ROOT, Page

_DECLARED = [Declared(name, firmware.capabilities) for name, firmware in DRIVERS.items()]


def test_the_page_shows_what_is_declared() -> None:
    page = Page(ROOT / "docs" / "miners.md").text
    assert as_markdown(_DECLARED) in page, "put in what `curtaild fleet firmwares` prints"


@pytest.mark.parametrize("declared", _DECLARED, ids=lambda one: one.driver)
def test_every_driver_declares_everything(declared: Declared) -> None:
    known = declared.capabilities
    assert all((known.runs_on, known.levels, known.verified_by, known.survives_reboot))
    assert {"identify", "read", "stop", "start"} <= {act.name for act in known.acts}
    assert all(act.wire and act.takes for act in known.acts)
