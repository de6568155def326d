"""The fleet miner by miner, a page at a time: all of 15,000 at once would hold up the loop."""

from __future__ import annotations

from aiohttp import web

from controller.model.fleet import Identity
from controller.model.view import MinerEntry
from controller.ports import Watch
from controller.surfaces.api_miners import IdentityNow, MinerNow, Miners
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
        return json_response(Miners(miners=shown, next_after=shown[-1].miner if more else None))


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
        level=said.level,
        power_w=said.power_w,
        hashrate_ths=said.hashrate_ths,
        reachable=said.reachable,
        at=said.at,
        failure=said.failure,
    )


def _identity(one: Identity | None) -> IdentityNow | None:
    if one is None:
        return None
    return IdentityNow(firmware=one.firmware, model=one.model, version=one.version, mac=one.mac)
