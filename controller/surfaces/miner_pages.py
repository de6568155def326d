"""The fleet miner by miner, a page at a time: all of 15,000 at once would hold up the loop."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from controller.model.fleet import Curve, Identity
from controller.model.view import MinerEntry
from controller.ports import Watch
from controller.surfaces.api_miners import IdentityNow, LevelNow, MinerNow, Miners
from controller.surfaces.problems import ProblemError, json_response

MOST = 1000
"""On one page, and where nobody says another number."""


class MinerPages:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    async def page(self, request: web.Request) -> web.Response:
        limit = _limit(request.query.get("limit", str(MOST)))
        entries = self._watch.miners(request.query.get("after", ""), limit + 1)
        more = len(entries) > limit
        shown = [_miner(one) for one in entries[:limit]]
        curves = self._curves({one.curve for one in shown})
        next_after = shown[-1].miner if more else None
        return json_response(Miners(miners=shown, curves=curves, next_after=next_after))

    def _curves(self, wanted: Iterable[str]) -> dict[str, list[LevelNow]]:
        view = self._watch.view()
        known = {} if view is None else view.seen.curves
        return {name: _levels(known[name]) for name in sorted(wanted) if name in known}


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= MOST:
        raise ProblemError(400, "malformed", f"limit must be a number from 1 to {MOST}")
    return int(text)


def _miner(entry: MinerEntry) -> MinerNow:
    said = entry.reading
    return MinerNow(
        miner=said.miner,
        group=said.group,
        address=entry.address,
        port=entry.port,
        identity=_identity(entry.identity),
        own_level=entry.identity.own_level if entry.identity else None,
        previous=_identity(entry.previous),
        changed_at=entry.changed_at,
        curve=said.curve,
        level=said.level,
        power_w=said.power_w,
        hashrate_ths=said.hashrate_ths,
        reachable=said.reachable,
        at=said.at,
        failure=said.failure,
    )


def _levels(curve: Curve) -> list[LevelNow]:
    return [
        LevelNow(level=one.name, power_w=one.power_w, hashrate_ths=one.hashrate_ths)
        for one in curve.levels
    ]


def _identity(one: Identity | None) -> IdentityNow | None:
    if one is None:
        return None
    return IdentityNow(firmware=one.firmware, model=one.model, version=one.version, mac=one.mac)
