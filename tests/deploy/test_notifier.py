"""What systemd hears, on a real datagram socket."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.links.systemd import Notifier


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "path" else f"@curtaild-{tmp_path.name}"


@pytest.fixture
def manager(address: str) -> Iterator[socket.socket]:
    """The end of the manager, which never waits."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("\0" + address[1:] if address.startswith("@") else address)
        end.setblocking(False)
        yield end


def heard(manager: socket.socket) -> list[str]:
    """The lines of the next message."""
    return manager.recv(4096).decode().split("\n")


def test_each_word_is_one_datagram(manager: socket.socket, address: str) -> None:
    notifier = Notifier(address)
    assert notifier.ready("normal")
    assert heard(manager) == ["READY=1", "STATUS=normal"]
    assert notifier.alive("holding")
    assert heard(manager) == ["WATCHDOG=1", "STATUS=holding"]
    assert notifier.stopping()
    assert heard(manager)[0] == "STOPPING=1"


def test_a_reload_carries_the_time_of_its_beginning(manager: socket.socket, address: str) -> None:
    before = clock_usec()
    assert Notifier(address).reloading()
    word, stamp, _ = heard(manager)
    assert word == "RELOADING=1"
    assert before <= int(stamp.removeprefix("MONOTONIC_USEC=")) <= clock_usec()


def test_a_status_stays_one_line(manager: socket.socket, address: str) -> None:
    Notifier(address).alive("two\nREADY=1\r\nlines")
    assert heard(manager) == ["WATCHDOG=1", "STATUS=two READY=1 lines"]


def test_the_environment_is_used_up(manager: socket.socket, address: str) -> None:
    environ = {
        "NOTIFY_SOCKET": address,
        "WATCHDOG_USEC": "30000000",
        "WATCHDOG_PID": str(os.getpid()),
        "PATH": "/usr/bin",
    }
    notifier = Notifier.from_environment(environ)
    assert environ == {"PATH": "/usr/bin"}
    assert notifier.watchdog_s == 30
    assert notifier.is_heard
    notifier.ready("")
    assert heard(manager)[0] == "READY=1"


@pytest.mark.parametrize(
    "environ",
    [
        {"NOTIFY_SOCKET": "/run/notify"},
        {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"},
        {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "0"},
    ],
)
def test_there_may_be_no_watchdog(environ: dict[str, str]) -> None:
    assert Notifier.from_environment(environ).watchdog_s is None
    Notifier.from_environment(environ).expect(3600)


def test_without_a_manager_nothing_is_said() -> None:
    notifier = Notifier.from_environment({})
    assert not notifier.is_heard
    assert notifier.ready("")
    assert notifier.stopping()


def test_a_manager_that_is_gone_or_full_holds_nobody_up(
    manager: socket.socket, address: str
) -> None:
    notifier = Notifier(address)
    while notifier.alive("x" * 100):
        pass
    assert not notifier.ready("")
    with suppress(BlockingIOError):
        while heard(manager):
            pass
    assert notifier.ready("")
    manager.close()
    assert not notifier.ready("")


def test_cycles_have_to_fit_into_the_watchdog() -> None:
    Notifier("/run/notify", 30).expect(10)
    with pytest.raises(PermanentError, match=r"cycle_s: .* 10.5 s .* WatchdogSec=30"):
        Notifier("/run/notify", 30).expect(10.5)


def clock_usec() -> int:
    """systemd's clock for these stamps is CLOCK_MONOTONIC."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
