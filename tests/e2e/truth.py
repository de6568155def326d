"""What the site really drew, all the time, from the simulator's own knowledge."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.e2e.site import Site

PAUSE_S = 0.05
ASLEEP_BELOW_W = 100.0


@dataclass
class TruePower:
    """Samples until the block ends, in a thread."""

    site: Site
    site_w: list[float] = field(default_factory=list)
    woken: set[str] = field(default_factory=set)
    """Miners that slept in one sample and drew power in a later one."""

    def __enter__(self) -> Self:
        self._asleep: set[str] = set()
        self._failure: Exception | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    @property
    def most_kw(self) -> float:
        return max(self.site_w) / 1000

    def _sample(self) -> None:
        try:
            while not self._ended.wait(PAUSE_S):
                self._take(self.site.truth())
        except OSError as error:
            self._failure = error

    def _take(self, truth: Any) -> None:
        self.site_w.append(truth["site_w"])
        drawing = {name for name, watts in truth["miners"].items() if watts > ASLEEP_BELOW_W}
        self.woken |= self._asleep & drawing
        self._asleep = truth["miners"].keys() - drawing
