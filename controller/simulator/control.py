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
from controller.simulator.faults import METER_FAULTS, MINER_FAULTS, MeterFault, MinerFault
from controller.simulator.luxos import UNREADABLE
from controller.simulator.luxos_server import LuxOsServer
from controller.simulator.meter import SimulatedMeter
from controller.simulator.miner import HEALTHY, SimulatedMiner
from controller.simulator.plant import Plant

_LONGEST_BODY = 16 * 1024


class Control:
    """`GET /miners`, `GET /power` and `POST /faults`."""

    def __init__(
        self,
        plant: Plant,
        miners: Mapping[str, LuxOsServer],
        meters: Mapping[str, SimulatedMeter],
        clock: SiteClock,
    ) -> None:
        self._plant = plant
        self._miners = miners
        self._meters = meters
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
                "miners": {m.address: m.physics.power_w(at) for m in self._plant.miners()},
                "meter_faults": {name: meter.fault.kind for name, meter in self._meters.items()},
            }
        )

    async def _set_fault(self, request: web.Request) -> web.Response:
        try:
            wanted = msgspec.json.decode(await request.read(), type=dict[str, Any])
        except UNREADABLE as error:
            return _json({"problem": f"the body is not a JSON object: {error}"}, status=400)
        target = str(wanted.pop("target", ""))
        if target not in self._miners and target not in self._meters:
            known = "a miner's address or one of the meters " + ", ".join(self._meters)
            return _json({"problem": f"target {target!r} is not {known}"}, status=404)
        try:
            await self._inject(target, wanted)
        except ValidationError as error:
            return _json({"problem": _explain(error)}, status=400)
        except PermanentError as error:
            return _json({"problem": str(error)}, status=409)
        return _json({"target": target, **wanted})

    async def _inject(self, target: str, wanted: Mapping[str, Any]) -> None:
        if target in self._miners:
            await self._miners[target].inject(MinerFault.model_validate(wanted))
        else:
            await self._meters[target].inject(MeterFault.model_validate(wanted))


def _describe(miner: SimulatedMiner, at: datetime) -> dict[str, object]:
    physics = miner.physics
    return {
        "address": miner.address,
        "group": miner.group,
        "profile": physics.level.name,
        "awake": physics.awake,
        "powered": physics.powered,
        "power_w": physics.power_w(at),
        "reported_w": miner.shown().power_w(at),
        "hashrate_ths": physics.hashrate_ths(at),
        "fault": None if miner.fault == HEALTHY else miner.fault.model_dump(exclude_defaults=True),
    }


def _explain(error: ValidationError) -> str:
    found = "; ".join(f"{e['loc'][0] if e['loc'] else 'fault'}: {e['msg']}" for e in error.errors())
    return f"{found} (miners: {', '.join(MINER_FAULTS)}; meters: {', '.join(METER_FAULTS)})"


def _json(value: object, *, status: int = 200) -> web.Response:
    body = msgspec.json.encode(value)
    return web.Response(body=body, status=status, content_type="application/json")
