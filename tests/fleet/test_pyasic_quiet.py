"""pyasic configures the root logger when it is imported; ours stays as it was."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import logging, sys, warnings
warnings.simplefilter("error")
root = logging.getLogger()
{before}
level, handlers = root.level, list(root.handlers)
import controller.fleet.luxos
assert "pyasic" not in sys.modules, "checking a configuration must not load it"
import controller.fleet.luxos.driver
import pyasic.rpc.base
assert "pyasic" in sys.modules
assert (root.level, root.handlers) == (level, handlers), (root.level, root.handlers)
assert logging.getLogger("asyncssh").level == logging.NOTSET
pyasic.rpc.base.logging.debug("a token")
assert root.handlers == handlers, "pyasic logs by its own logger, which configures nothing"
print("kept")
"""


def outcome_of(before: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(before=before)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout, done.stderr


def test_a_configured_root_logger_is_untouched() -> None:
    before = "root.setLevel(logging.DEBUG); root.addHandler(logging.StreamHandler())"
    assert outcome_of(before) == ("kept\n", "")


def test_an_unconfigured_root_logger_stays_unconfigured() -> None:
    assert outcome_of("") == ("kept\n", "")
