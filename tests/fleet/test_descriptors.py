"""Open files for as many miners as are spoken with at a time, or a clear word before the start."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

_ALLOW = "from controller.fleet import descriptors; descriptors.allow({width})"
_SAY = "; import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"


def _run(width: int, limits: str) -> subprocess.CompletedProcess[str]:
    command = ["prlimit", f"--nofile={limits}", sys.executable, "-c"]
    return subprocess.run(
        [*command, _ALLOW.format(width=width) + _SAY],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(
    ("width", "limits", "then"),
    [(256, "1024:4096", "1024"), (2048, "1024:4096", str(2048 + 256))],
)
def test_as_many_as_it_needs(width: int, limits: str, then: str) -> None:
    ended = _run(width, limits)
    assert (ended.returncode, ended.stdout.split()[-1]) == (0, then)


def test_what_the_system_does_not_allow_is_said_with_what_to_do() -> None:
    ended = _run(2048, "1024:1024")
    assert ended.returncode != 0
    assert "2048 miners at a time need 2304 open files" in ended.stderr
    assert "LimitNOFILE=2304" in ended.stderr


def test_a_process_without_a_limit_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from controller.fleet import descriptors

    free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _: free)
    monkeypatch.setattr(resource, "setrlimit", lambda *_: pytest.fail("nothing to change"))
    descriptors.allow(4096)
