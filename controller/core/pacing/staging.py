"""What may move together: the largest step of a site, and the stagger behind a breaker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.model.seen import State
from controller.model.site import Site

SITE_UP = "site up"
SITE_DOWN = "site down"


@dataclass(slots=True)
class Stage:
    """So many watts together; when they are used, more follows some seconds after the last."""

    key: str
    lasts_s: int
    left_w: int
    used_w: int
    at: datetime | None
    """When it was last drawn upon; None: nothing of it is used."""

    def takes(self, power_w: int) -> bool:
        """Whether so much may move now. One miner may, however large: else it never could."""
        return not power_w or power_w <= self.left_w or self.at is None

    def draw(self, power_w: int, now: datetime) -> None:
        if power_w:
            self.left_w -= power_w
            self.used_w += power_w
            self.at = now

    @property
    def reopens_at(self) -> datetime | None:
        """When all of it may be used again; None: now."""
        return None if self.at is None else self.at + timedelta(seconds=self.lasts_s)


def stage(key: str, most_w: int, lasts_s: int, state: State, now: datetime) -> Stage:
    """Where a stage stands: anew when its time is over, or what an earlier look left of it. What is
    not remembered of it counts as used: behind a breaker nothing follows before its time."""
    last = state.staged_at.get(key)
    if last is None or now >= last + timedelta(seconds=lasts_s):
        return Stage(key, lasts_s, most_w, 0, None)
    used_w = state.staged_w.get(key, most_w)
    # Site time that was set back makes nobody wait longer than one stage.
    return Stage(key, lasts_s, most_w - used_w, used_w, min(last, now))


def largest_step(site: Site, key: str, state: State, now: datetime) -> Stage | None:
    """The site's largest step up or down; None where none is declared."""
    pacing = site.pacing
    most_w = pacing.largest_step_up_w if key == SITE_UP else pacing.largest_step_down_w
    return None if most_w is None else stage(key, most_w, pacing.step_s, state, now)


def staggers(site: Site, state: State, now: datetime) -> dict[str, Stage]:
    """By breaker, of those behind which starts are staggered."""
    return {
        name: stage(name, breaker.stagger_w, breaker.stagger_s, state, now)
        for name, breaker in site.breakers.items()
        if breaker.stagger_s
    }


def staged_at(stages: Iterable[Stage]) -> dict[str, datetime]:
    """What to remember of the stages that are in use."""
    return {one.key: one.at for one in stages if one.at is not None}


def staged_w(stages: Iterable[Stage]) -> dict[str, int]:
    """How much of the site's largest steps is used."""
    sited = (one for one in stages if one.key in (SITE_UP, SITE_DOWN))
    return {one.key: one.used_w for one in sited if one.at is not None}
