"""What can be wrong with a simulated miner or meter, set at run time."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

MinerFaultKind = Literal[
    "die",
    "hang",
    "lie",
    "refuse",
    "reboot",
    "reboot_on_order",
    "slow",
    "garbage",
    "endless",
    "drip",
    "truncate",
    "html",
    "unreadable",
    "password",
    "frequency_reset",
    "session_stolen",
    "clear",
]
MeterFaultKind = Literal["die", "freeze", "clear"]
PlaceFaultKind = Literal["outage", "pool_lost", "uplink_lost", "clear"]
MINER_FAULTS: tuple[str, ...] = get_args(MinerFaultKind)
METER_FAULTS: tuple[str, ...] = get_args(MeterFaultKind)
PLACE_FAULTS: tuple[str, ...] = get_args(PlaceFaultKind)
ANTMINER_FAULTS = frozenset(MINER_FAULTS) - {"session_stolen"}
LUXOS_FAULTS = frozenset(MINER_FAULTS) - {"html", "unreadable", "password", "frequency_reset"}
"""The rest needs HTTP or a written configuration."""


class MinerFault(BaseModel):
    """One fault of one miner; a new one replaces the one before, `clear` heals it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: MinerFaultKind
    seconds: float | None = Field(
        None, gt=0, le=3600, description="Rebooting: site seconds away; slow: real seconds late."
    )
    lie_watts: bool = Field(
        default=False, description="lie: report the power that the accepted commands would give."
    )

    @model_validator(mode="after")
    def _fitting(self) -> MinerFault:
        timed = self.kind in {"reboot", "reboot_on_order", "slow"}
        if timed and self.seconds is None:
            raise ValueError(f'{self.kind} needs "seconds"')
        if not timed and self.seconds is not None:
            raise ValueError(f'{self.kind} takes no "seconds"')
        if self.lie_watts and self.kind != "lie":
            raise ValueError(f'{self.kind} takes no "lie_watts"')
        return self

    @property
    def cuts_power(self) -> bool:
        return self.kind in {"die", "reboot"}


HEALTHY = MinerFault(kind="clear")


class PlaceFault(BaseModel):
    """What befalls all miners of a group or of the site; `clear` ends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: PlaceFaultKind
    seconds: float | None = Field(
        None, gt=0, le=86_400, description="Site seconds until it ends by itself; default: never."
    )

    @model_validator(mode="after")
    def _fitting(self) -> PlaceFault:
        if self.kind == "clear" and self.seconds is not None:
            raise ValueError('clear takes no "seconds"')
        return self

    @property
    def stops_shares(self) -> bool:
        return self.kind in {"pool_lost", "uplink_lost"}


class MeterFault(BaseModel):
    """One fault of one meter; `freeze` repeats the last value for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: MeterFaultKind
