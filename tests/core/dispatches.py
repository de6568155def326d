"""A site with programs, and bodies as senders write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from controller.core.dispatches.acceptance import Judgement, judge
from controller.model.grid import Dispatch, Reference, ReferenceKind
from controller.model.quality import Fresh, Observed
from controller.model.site import Group, Program, Site

NOW = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)
METERED = Fresh(value=200_000, at=NOW)
SITE = Site(
    id="site",
    currency="USD",
    zone="America/Chicago",
    import_limit_w=250_000,
    groups={"north": Group()},
    programs={
        "ers": Program(
            authority="grid",
            allowed=("reduce_to_kw", "reduce_by_kw", "reduce_by_percent"),
            references={
                "contract": Reference(kind=ReferenceKind.CONTRACTED, contracted_w=180_000),
                "now": Reference(kind=ReferenceKind.POWER_AT_ACCEPTANCE),
            },
            notice_s=600,
            longest_s=4 * 3600,
        ),
        "plain": Program(authority="utility", allowed=("reduce_to_kw",)),
    },
)


def at(minutes: float) -> str:
    return (NOW + timedelta(minutes=minutes)).isoformat()


def sent(**changes: Any) -> dict[str, Any]:
    """A good body with some fields changed; None leaves the field out."""
    body: dict[str, Any] = {
        "id": "e-1",
        "version": 1,
        "program": "ers",
        "issued_at": at(-1),
        "start": at(10),
        "end": at(70),
        "target": {"kind": "reduce_to_kw", "kw": 40},
    } | changes
    return {key: value for key, value in body.items() if value is not None}


def judged(
    body: dict[str, Any],
    *known: Dispatch,
    authority: str = "grid",
    now: datetime = NOW,
    power_w: Observed[int] = METERED,
    site: Site = SITE,
) -> Judgement:
    remembered = {each.id: each for each in known}
    return judge(body, authority, site=site, known=remembered, now=now, power_w=power_w)


def accepted(body: dict[str, Any], *known: Dispatch, **how: Any) -> Dispatch:
    judgement = judged(body, *known, **how)
    assert isinstance(judgement, Dispatch), judgement
    return judgement


def by_kw(kw: Any, reference: str = "now") -> dict[str, Any]:
    return {"kind": "reduce_by_kw", "kw": kw, "reference": reference}


def by_percent(percent: Any, reference: str = "now") -> dict[str, Any]:
    return {"kind": "reduce_by_percent", "percent": percent, "reference": reference}
