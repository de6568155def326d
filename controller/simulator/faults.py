"""What can be wrong with a simulated miner or meter, set at run time."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

MinerFaultKind = Literal[
    "die", "hang", "lie", "refuse", "reboot", "slow", "garbage", "endless", "clear"
]
MeterFaultKind = Literal["die", "freeze", "clear"]
MINER_FAULTS: tuple[str, ...] = get_args(MinerFaultKind)
METER_FAULTS: tuple[str, ...] = get_args(MeterFaultKind)


class MinerFault(BaseModel):
    """One fault of one miner; a new one replaces the one before, `clear` heals it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: MinerFaultKind
    seconds: float | None = Field(
        None, gt=0, le=3600, description="reboot: site seconds away; slow: real seconds late."
    )
    lie_watts: bool = Field(
        default=False, description="lie: report the power that the accepted commands would give."
    )

    @model_validator(mode="after")
    def _fitting(self) -> MinerFault:
        timed = self.kind in {"reboot", "slow"}
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


class MeterFault(BaseModel):
    """One fault of one meter; `freeze` repeats the last value for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: MeterFaultKind
