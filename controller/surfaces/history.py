"""What was seen lately, so that a page that is opened or reloaded has a past to show."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing
from controller.model.view import View
from controller.surfaces.api_models import History
from controller.surfaces.present.parts import kw

LONGEST = 1200
"""Points: ten minutes at two a second, and longer where cycles are slower."""


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    power_kw: float | None
    target_kw: float
    limit_kw: float
    price_per_mwh: float | None


def point(view: View) -> Point:
    """What the chart shows of a view; what is not fresh leaves a gap."""
    meter = view.seen.meters_w.get(SITE, Missing(why=""))
    price = view.seen.price_per_mwh
    return Point(
        at=view.plan.at,
        power_kw=kw(meter.value) if isinstance(meter, Fresh) else None,
        target_kw=kw(view.plan.target_w),
        limit_kw=kw(view.plan.limit_w),
        price_per_mwh=float(price.value) if isinstance(price, Fresh) else None,
    )


class Ring:
    """The last points, in order of site time."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._points: deque[Point] = deque(maxlen=longest)

    def add(self, view: View) -> None:
        """Take a point of this view, unless it is no newer than the last."""
        new = point(view)
        if not self._points or new.at > self._points[-1].at:
            self._points.append(new)

    def history(self) -> History:
        points = tuple(self._points)
        return History(
            at=[one.at for one in points],
            power_kw=[one.power_kw for one in points],
            target_kw=[one.target_kw for one in points],
            limit_kw=[one.limit_kw for one in points],
            price_per_mwh=[one.price_per_mwh for one in points],
        )
