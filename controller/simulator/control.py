"""The HTTP port that tests and demonstrations use: true power, and faults at run time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web
from pydantic import ValidationError

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.simulator.faults import (
    HEALTHY,
    METER_FAULTS,
    MINER_FAULTS,
    PLACE_FAULTS,
    MeterFault,
    MinerFault,
    PlaceFault,
)
from controller.simulator.meter import SimulatedMeter
from controller.simulator.miner import SimulatedMiner
from controller.simulator.places import Places
from controller.simulator.plant import Plant
from controller.simulator.server import MinerServer

_LONGEST_BODY = 16 * 1024
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Control:
    """`GET /miners`, `GET /power` and `POST /faults`."""

    def __init__(
        self,
        plant: Plant,
        miners: Mapping[str, MinerServer],
        meters: Mapping[str, SimulatedMeter],
        places: Places,
        clock: SiteClock,
    ) -> None:
        self._plant = plant
        self._miners = miners
        self._meters = meters
        self._places = places
        self._clock = clock

    def app(self) -> web.Application:
        app = web.Application(client_max_size=_LONGEST_BODY)
        app.router.add_get("/miners", self._list_miners)
        app.router.add_get("/power", self._show_power)
        app.router.add_post("/faults", self._set_fault)
        return app

    async def _list_miners(self, _: web.Request) -> web.Response:
        at = self._clock.now()
        return _json([_describe(miner, at) for miner in self._plant.miners()])

    async def _show_power(self, _: web.Request) -> web.Response:
        at, site = self._clock.now(), self._plant.site
        return _json(
            {
                "at": at,
                "site_w": site.power_w(at),
                "site_wh": site.energy_wh(at),
                "house_load_w": site.constant_w,
                "groups": {name: load.power_w(at) for name, load in self._plant.groups.items()},
                "miners": {m.name: m.physics.power_w(at) for m in self._plant.miners()},
                "meter_faults": {name: meter.fault.kind for name, meter in self._meters.items()},
                "place_faults": {
                    name: self._places.fault(name).kind for name in (*self._plant.groups, "site")
                },
            }
        )

    async def _set_fault(self, request: web.Request) -> web.Response:
        try:
            wanted = msgspec.json.decode(await request.read(), type=dict[str, Any])
        except _UNREADABLE as error:
            return _json({"problem": f"the body is not a JSON object: {error}"}, status=400)
        target = str(wanted.pop("target", ""))
        if target not in self._miners and target not in self._places:
            known = "a miner's address or one of " + ", ".join((*self._plant.groups, "site"))
            return _json({"problem": f"target {target!r} is not {known}"}, status=404)
        if problem := self._unfit(target, str(wanted.get("kind"))):
            return _json({"problem": problem}, status=400)
        try:
            await self._inject(target, wanted)
        except ValidationError as error:
            return _json({"problem": _explain(error)}, status=400)
        except PermanentError as error:
            return _json({"problem": str(error)}, status=409)
        return _json({"target": target, **wanted})

    def _unfit(self, target: str, kind: str) -> str | None:
        """Why this kind cannot be a fault of this target."""
        server = self._miners.get(target)
        if server is not None and kind in MINER_FAULTS and kind not in server.miner.faults:
            return f"{kind} is no fault of a miner with {server.miner.make}"
        if server is None and kind in METER_FAULTS and kind not in PLACE_FAULTS:
            return None if target in self._meters else f"{target} has no meter"
        return None

    async def _inject(self, target: str, wanted: Mapping[str, Any]) -> None:
        if target in self._miners:
            await self._miners[target].inject(MinerFault.model_validate(wanted))
            return
        kind = wanted.get("kind")
        if kind in PLACE_FAULTS:
            await self._places.inject(target, PlaceFault.model_validate(wanted))
        if kind not in PLACE_FAULTS or kind in METER_FAULTS:
            await self._inject_meter(target, wanted)

    async def _inject_meter(self, target: str, wanted: Mapping[str, Any]) -> None:
        """`clear` heals a place and its meter, if it has one."""
        fault = MeterFault.model_validate(wanted)
        if target in self._meters:
            await self._meters[target].inject(fault)


def _describe(miner: SimulatedMiner, at: datetime) -> dict[str, object]:
    physics = miner.physics
    return {
        "name": miner.name,
        "address": miner.address,
        "port": miner.port,
        "mac": miner.mac,
        "make": miner.make,
        "group": miner.group,
        "profile": physics.level.name,
        "awake": physics.awake,
        "powered": physics.powered,
        "paid": miner.paid(),
        "accepted": miner.accepted(at),
        "power_w": physics.power_w(at),
        "reported_w": miner.shown().power_w(at),
        "hashrate_ths": physics.hashrate_ths(at),
        "fault": None if miner.fault == HEALTHY else miner.fault.model_dump(exclude_defaults=True),
    }


def _explain(error: ValidationError) -> str:
    found = "; ".join(f"{e['loc'][0] if e['loc'] else 'fault'}: {e['msg']}" for e in error.errors())
    return (
        f"{found} (miners: {', '.join(MINER_FAULTS)}; meters: {', '.join(METER_FAULTS)}; "
        f"groups and site: {', '.join(PLACE_FAULTS)})"
    )


def _json(value: object, *, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")
