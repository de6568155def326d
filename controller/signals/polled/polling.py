"""When a source on the web is asked again."""

from __future__ import annotations

import socket

from controller.links.backoff import backoff_s, fraction

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
JITTER = 0.1


class Polling:
    """Sites that share a source are not to ask for it in the same second."""

    def __init__(self, feed: str, poll_s: float) -> None:
        self._key = f"{socket.gethostname()}/{feed}"
        self._poll_s = poll_s
        self._failures = 0
        self._requests = 0

    def pause_s(self) -> float:
        """After an answer: `poll_s`, a little more or less, each time another."""
        self._failures = 0
        self._requests += 1
        share = fraction(f"{self._key}/{self._requests}")
        return self._poll_s * (1 - JITTER + 2 * JITTER * share)

    def retry_s(self, least_s: float) -> float:
        """After a failure, longer from one to the next."""
        self._failures += 1
        most_s = max(FIRST_PAUSE_S, min(LONGEST_PAUSE_S, self._poll_s))
        return max(
            least_s, backoff_s(self._key, self._failures, first_s=FIRST_PAUSE_S, most_s=most_s)
        )
