"""How miners are reached, and which they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from controller.fleet.addresses import Place, expand, miner_id, plain_mac

RealSeconds = Annotated[float, Field(gt=0, le=120)]
SiteSeconds = Annotated[float, Field(gt=0, le=86_400)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Mac = Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$")]
MinerName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


class FleetSettings(_Section):
    """Network deadlines are real seconds; the pace of reading is site time."""

    poll_s: SiteSeconds = 10
    """How often a miner is read, where its group says nothing else."""
    poll_moving_s: SiteSeconds = 2
    """How often a miner is read that was told something and does not show it yet."""
    width: Annotated[int, Field(ge=4, le=4096)] = 256
    """How many miners are spoken with at a time. A quarter of it is kept for commands."""
    reduction_width: Annotated[int, Field(ge=1, le=16_384)] = 4096
    """Beside these, how many miners are told at a time to draw less. Stock Antminers take 20 s to
    answer: where a site has more of them than this, some wait so long to be told."""
    segment_width: Annotated[int, Field(ge=1, le=4096)] = 64
    """How many miners of a network segment are spoken with at a time, so that no switch has to bear
    all of `width`. What brings power down goes beyond it."""
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


class ForwardedMiner(_Section):
    """A miner behind address translation: a port of the router leads to it."""

    address: str
    """The address of the router, as it is seen from here."""
    port: Port
    """The router's port that is forwarded to the miner's interface."""
    mac: Mac
    """The miner's own MAC address. Another one that answers there is not spoken with."""

    @field_validator("address")
    @classmethod
    def _single(cls, address: str) -> str:
        (only,) = expand((address,)) if not set(address) & set("-/") else ("",)
        if not only:
            raise ValueError(f"{address}: write one address, such as 10.0.0.7")
        return only


class GroupMiners(_Section):
    """The miners of a group. Each firmware narrows `driver` to its own name."""

    driver: str
    """Which firmware they run."""
    addresses: tuple[str, ...] = ()
    """Single addresses, ranges (10.0.0.1-10.0.0.40) or networks (10.0.0.0/28)."""
    addresses_file: Path | None = None
    """A CSV file with a column `address`, such as `curtaild fleet scan --csv miners.csv` writes:
    one address a line, beside `addresses`. Columns `port` and `firmware`, where it has them, must
    fit the group."""
    port: Port
    """The port of their interface at these addresses."""
    behind_nat: dict[MinerName, ForwardedMiner] = Field(default_factory=dict)
    """By a name of your choice: miners that are reached through ports of a router."""
    segment: MinerName | None = None
    """The network segment, such as a switch, that they hang on; default: the /24 of the address of
    each (IPv6: /64). Groups may share one."""
    poll_s: SiteSeconds | None = None
    """How often one of them is read; default: `fleet.poll_s`."""
    poll_moving_s: SiteSeconds | None = None
    """How often one of them is read that was told something and does not show it yet; default:
    `fleet.poll_moving_s`."""
    levels: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The names of the levels they may run at, beside off; default: the one each was found at."""

    @field_validator("addresses")
    @classmethod
    def _expands(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        expand(addresses)
        return addresses

    @model_validator(mode="after")
    def _each_is_one_miner(self) -> GroupMiners:
        if not self.addresses and not self.behind_nat and self.addresses_file is None:
            raise ValueError("names no miner: give addresses, or behind_nat")
        direct = self._direct()
        if both := direct.keys() & self.behind_nat.keys():
            raise ValueError(f"behind_nat: {min(both)} is in addresses already; name it otherwise")
        places = [f"{p.address} port {p.port}" for p in (*direct.values(), *self._forwarded())]
        macs = [plain_mac(place.mac) for place in self._forwarded()]
        if twice := _twice(places) or _twice(macs):
            raise ValueError(f"behind_nat: {twice} is named twice; each is one miner")
        return self

    def miners(self) -> dict[str, Place]:
        """By miner id, where it is."""
        return {**self._direct(), **dict(zip(self.behind_nat, self._forwarded(), strict=True))}

    def _direct(self) -> dict[str, Place]:
        usual = type(self).model_fields["port"].default
        return {
            miner_id(address, self.port, usual): Place(address, self.port)
            for address in expand(self.addresses)
        }

    def _forwarded(self) -> list[Place]:
        return [Place(one.address, one.port, one.mac) for one in self.behind_nat.values()]


def _twice(names: Iterable[str]) -> str:
    """One that comes more than once, or nothing."""
    return next((name for name, count in Counter(names).items() if count > 1), "")
