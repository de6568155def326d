"""Prometheus' own linter has nothing to say."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from controller.model.view import View
from tests.surfaces.exposition import text_of
from tests.surfaces.views import a_view

PROMTOOL = shutil.which("promtool")

pytestmark = pytest.mark.skipif(
    PROMTOOL is None and os.environ.get("CI") != "true", reason="promtool is not installed"
)


@pytest.mark.parametrize("view", [a_view(), None])
def test_promtool_is_silent(view: View | None) -> None:
    assert PROMTOOL is not None, "install the Debian package prometheus"
    checked = subprocess.run(
        [PROMTOOL, "check", "metrics"],
        input=text_of(view),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0
