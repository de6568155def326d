"""How miners are reached, and which they are."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from controller.fleet.addresses import expand, miner_id

RealSeconds = Annotated[float, Field(gt=0, le=120)]
SiteSeconds = Annotated[float, Field(gt=0, le=86_400)]
Port = Annotated[int, Field(ge=1, le=65_535)]


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class FleetSettings(_Section):
    """Network deadlines are real seconds; the pace of reading is site time."""

    poll_s: SiteSeconds = 10
    """How often a miner is read."""
    poll_moving_s: SiteSeconds = 2
    """How often a miner is read that was told something."""
    width: Annotated[int, Field(ge=4, le=4096)] = 64
    """How many miners are spoken with at a time; a quarter of it is kept for commands."""
    connect_timeout_s: RealSeconds = 2
    """Real seconds for a connection to stand."""
    reply_timeout_s: RealSeconds = 5
    """Real seconds for a whole reply to come."""
    command_timeout_s: RealSeconds = 30
    """Real seconds for a command with all its round trips."""
    reply_limit_bytes: Annotated[int, Field(ge=16_384, le=16_777_216)] = 262_144
    """A longer reply is cut off. The longest that was recorded has 29 kB."""
    unreachable_after: Annotated[int, Field(ge=1, le=100)] = 3
    """So many failed reads in a row make a miner unreachable."""
    standby_w: Annotated[int, Field(ge=0, le=1000)] = 25
    """What a miner that does not hash draws; Luxor publishes about 25 W."""
    asleep_below_w: Annotated[int, Field(gt=0, le=2000)] = 100
    """A miner that draws no more than this counts as off."""

    @model_validator(mode="after")
    def _told_apart(self) -> FleetSettings:
        if self.standby_w >= self.asleep_below_w:
            raise ValueError("asleep_below_w must be above standby_w, or no miner is ever off")
        return self


class GroupMiners(_Section):
    """The miners of a group. Each firmware narrows `driver` to its own name."""

    driver: str
    """Which firmware they run."""
    addresses: Annotated[tuple[str, ...], Field(min_length=1)]
    """Single addresses, ranges (10.0.0.1-10.0.0.40) or networks (10.0.0.0/28)."""
    port: Port
    """The port of their interface."""
    levels: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The names of the levels they may run at, beside off; default: the one each was found at."""

    @field_validator("addresses")
    @classmethod
    def _expands(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        expand(addresses)
        return addresses

    def miners(self) -> dict[str, str]:
        """By miner id, its address."""
        usual = type(self).model_fields["port"].default
        return {miner_id(a, self.port, usual): a for a in expand(self.addresses)}
