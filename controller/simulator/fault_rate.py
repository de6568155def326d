"""Faults of a group by rate: of a share of its miners, or of any of them now and then."""

from __future__ import annotations

from pydantic import Field, model_validator

from controller.simulator.faults import MinerFault


class ShareFault(MinerFault):
    """The same fault for a share of the miners of each group, as the control port sets it."""

    share: float = Field(gt=0, le=1, description="Of the miners of each group.")


class FaultRate(MinerFault):
    """A fault, and either `share` or `per_hour`. The seed says which miners and when."""

    share: float | None = Field(
        None, gt=0, le=1, description="Share of the miners that have it from the start."
    )
    per_hour: float | None = Field(
        None, gt=0, le=3600, description="How often it befalls a miner in an hour of site time."
    )
    lasts_s: float | None = Field(
        None, gt=0, le=86_400, description="per_hour: site seconds until it ends by itself."
    )

    @model_validator(mode="after")
    def _either(self) -> FaultRate:
        if (self.share is None) == (self.per_hour is None):
            raise ValueError(f'{self.kind} needs either "share" or "per_hour"')
        if self.kind == "clear":
            raise ValueError("clear is the end of a fault, and comes by itself")
        ends = self.per_hour is not None and self.kind != "reboot"
        if ends and self.lasts_s is None:
            raise ValueError(f'{self.kind} with "per_hour" needs "lasts_s"')
        if not ends and self.lasts_s is not None:
            raise ValueError(f'{self.kind} takes no "lasts_s" here')
        return self


def of_each(given: MinerFault) -> MinerFault:
    """The fault alone, as each miner has it."""
    return MinerFault(kind=given.kind, seconds=given.seconds, lie_watts=given.lie_watts)
