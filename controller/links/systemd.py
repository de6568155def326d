"""Telling systemd how the daemon is: sd_notify(3), in the few lines that it takes."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import MutableMapping

import structlog

from controller.errors import PermanentError
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.view import View
from controller.ports import Watch

_log = structlog.get_logger(__name__)
FEEDS_IN_A_WATCHDOG = 3
"""How often the watchdog is fed in its time, so that one lost message is no death."""
STATUS_EVERY_S = 10.0
"""How often the status line is renewed where no watchdog asks for more."""


class Notifier:
    """Says how the daemon is to the service manager that started it, if one did.

    `address` is a path, or begins with `@` for the abstract namespace; nothing is said where it
    is empty. `watchdog_s` is the time within which the manager wants to hear of a completed cycle.
    """

    def __init__(self, address: str = "", watchdog_s: float | None = None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._unheard = False
        self.watchdog_s = watchdog_s

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> Notifier:
        """As `NOTIFY_SOCKET` and `WATCHDOG_USEC` say. They are taken out of `environ`, so that no
        child speaks for the daemon."""
        address = environ.pop("NOTIFY_SOCKET", "")
        watchdog_usec = environ.pop("WATCHDOG_USEC", "")
        watched = environ.pop("WATCHDOG_PID", "") in {"", str(os.getpid())}
        watchdog_s = float(watchdog_usec) / 1e6 if watchdog_usec and watched else 0.0
        return cls(address, watchdog_s or None)

    @property
    def is_heard(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self._address)

    def expect(self, cycle_s: float) -> None:
        """Cycles are at most so many real seconds apart.

        Raises:
            PermanentError: a healthy loop could miss its watchdog.
        """
        if self.watchdog_s is not None and cycle_s > self.feed_every_s:
            raise PermanentError(
                f"cycle_s: {FEEDS_IN_A_WATCHDOG} cycles of {cycle_s:g} s do not fit into "
                f"WatchdogSec={self.watchdog_s:g} of the unit: shorten one or lengthen the other"
            )

    @property
    def feed_every_s(self) -> float:
        """The shortest pause between two messages of `live`; a cycle may not take longer."""
        if self.watchdog_s is None:
            return STATUS_EVERY_S
        return self.watchdog_s / FEEDS_IN_A_WATCHDOG

    def ready(self, status: str) -> bool:
        """Started, or reloaded. Returns whether it could be said."""
        return self._say("READY=1", f"STATUS={status}")

    def alive(self, status: str) -> bool:
        """A cycle was completed. Returns whether it could be said."""
        return self._say("WATCHDOG=1", f"STATUS={status}")

    def reloading(self) -> bool:
        """A reload has begun; `ready` ends it. Returns whether it could be said."""
        now_usec = time.monotonic_ns() // 1000
        return self._say("RELOADING=1", f"MONOTONIC_USEC={now_usec}", "STATUS=reloading")

    def stopping(self) -> bool:
        """The end has begun. Returns whether it could be said."""
        return self._say("STOPPING=1", "STATUS=stopping; miners stay as they are")

    def _say(self, *lines: str) -> bool:
        """Send one datagram, without waiting: a manager that hangs must not hold the loop."""
        if not self._address:
            return True
        message = "\n".join(" ".join(line.splitlines()) for line in lines).encode()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as end:
                end.setblocking(False)  # noqa: FBT003 - the socket's own way of saying it
                end.sendto(message, self._address)
        except OSError as error:
            if not self._unheard:
                _log.warning("systemd_unheard", why=str(error))
            self._unheard = True
            return False
        self._unheard = False
        return True


async def live(notifier: Notifier, watch: Watch) -> None:
    """Say `ready` after the first completed cycle, then feed the watchdog with those that follow.

    Nothing but a completed cycle is worth a word: where the loop stalls, silence is the alarm.
    """
    loop = asyncio.get_running_loop()
    said_at: float | None = None
    cycles = 0
    async for view in watch.changes():
        if view.cycles == cycles:
            continue
        cycles = view.cycles
        if said_at is None:
            said_at = loop.time() if notifier.ready(status_line(view)) else None
        elif loop.time() - said_at >= notifier.feed_every_s and notifier.alive(status_line(view)):
            said_at = loop.time()


def status_line(view: View) -> str:
    """Mode, power and limit in a line."""
    power = view.seen.meters_w.get(SITE)
    drawn = f"{power.value / 1000:.1f} kW" if isinstance(power, Fresh) else "power not known"
    parts = [
        f"{'shadow, ' if view.shadow else ''}{view.plan.mode.value}",
        f"{drawn} of {view.plan.limit_w / 1000:.1f} kW",
        f"{view.fleet.reachable} of {view.fleet.known} miners reachable",
    ]
    return ", ".join(parts)
