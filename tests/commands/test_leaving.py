"""The process ends though something it started would go on for ever."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.e2e.processes import ROOT

STUBBORN_TASK = """
async def stubborn():
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            pass

async def work():
    task = asyncio.get_running_loop().create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    return 3
"""
HUNG_LOOKUP = """
async def work():
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 600)
    return 3
"""
NOTHING_LEFT = """
async def work():
    return 3
"""


@pytest.mark.parametrize("left", [STUBBORN_TASK, HUNG_LOOKUP, NOTHING_LEFT])
def test_what_is_left_behind_does_not_hold_it(left: str) -> None:
    program = "\n".join(
        [
            "import asyncio, sys, time",
            "from controller.leaving import run_and_leave",
            left,
            "print('put away')",
            "sys.exit(run_and_leave(work()))",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout == "put away\n"
