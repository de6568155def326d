"""Faults of this process's miners, meters and places, as the control port is asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import ValidationError

from controller.errors import PermanentError
from controller.simulator.desk import Answer, Row, nowhere, refused
from controller.simulator.fault_rate import ShareFault, of_each
from controller.simulator.faults import (
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
from controller.simulator.portions import first_share
from controller.simulator.server import MinerServer


class FaultDesk:
    """Finds what is to be faulty, and says why something cannot be."""

    def __init__(
        self,
        plant: Plant,
        miners: Mapping[str, MinerServer],
        meters: Mapping[str, SimulatedMeter],
        places: Places,
    ) -> None:
        self._plant = plant
        self._miners = miners
        self._meters = meters
        self._places = places

    async def set(self, wanted: Row) -> Answer:
        """`wanted` names its target; the rest is the fault."""
        target = str(wanted.get("target", ""))
        if target not in self._miners and target not in self._places:
            return nowhere(target, self._plant.groups)
        details = {key: value for key, value in wanted.items() if key != "target"}
        if problem := self._unfit(target, details):
            return refused(HTTPStatus.BAD_REQUEST, problem)
        try:
            await self._inject(target, details)
        except ValidationError as error:
            return refused(HTTPStatus.BAD_REQUEST, _explain(error))
        except PermanentError as error:
            return refused(HTTPStatus.CONFLICT, str(error))
        return Answer(HTTPStatus.OK, {"target": target, **details})

    def _unfit(self, target: str, details: Row) -> str | None:
        """Why this kind cannot be a fault of this target."""
        kind = str(details.get("kind"))
        server = self._miners.get(target)
        if server is not None and kind in MINER_FAULTS and kind not in server.miner.faults:
            return f"{kind} is no fault of a miner with {server.miner.make}"
        if server is None and "share" in details:
            return self._unfit_share(target, kind)
        if server is not None:
            return None
        if kind in METER_FAULTS and kind not in PLACE_FAULTS and target not in self._meters:
            return f"{target} has no meter"
        return None

    def _unfit_share(self, target: str, kind: str) -> str | None:
        makes = {type(miner) for name in self._among(target) for miner in self._miners_of(name)}
        if kind in MINER_FAULTS and makes and not any(kind in make.faults for make in makes):
            return f"{kind} is no fault of the miners of {target}"
        return None

    async def _inject(self, target: str, details: Row) -> None:
        if target in self._miners:
            await self._miners[target].inject(MinerFault.model_validate(details))
            return
        if "share" in details:
            await self._inject_share(target, ShareFault.model_validate(details))
            return
        kind = details.get("kind")
        if kind in PLACE_FAULTS:
            await self._places.inject(target, PlaceFault.model_validate(details))
        if kind not in PLACE_FAULTS or kind in METER_FAULTS:
            await self._inject_meter(target, details)

    async def _inject_share(self, target: str, wanted: ShareFault) -> None:
        """The same miners of a group each time; those whose make cannot have it are left out."""
        for group in self._among(target):
            members = [one.name for one in self._miners_of(group)]
            for name in first_share(members, wanted.share):
                if wanted.kind in self._miners[name].miner.faults:
                    await self._miners[name].inject(of_each(wanted))

    def _among(self, target: str) -> list[str]:
        """The groups of a place."""
        return [target] if target in self._plant.groups else list(self._plant.groups)

    def _miners_of(self, group: str) -> list[SimulatedMiner]:
        return self._plant.groups[group].miners

    async def _inject_meter(self, target: str, details: Row) -> None:
        """`clear` heals a place and its meter, if it has one."""
        fault = MeterFault.model_validate(details)
        if target in self._meters:
            await self._meters[target].inject(fault)


def _explain(error: ValidationError) -> str:
    found = "; ".join(f"{e['loc'][0] if e['loc'] else 'fault'}: {e['msg']}" for e in error.errors())
    return (
        f"{found} (miners: {', '.join(MINER_FAULTS)}; meters: {', '.join(METER_FAULTS)}; "
        f"groups and site: {', '.join(PLACE_FAULTS)})"
    )
