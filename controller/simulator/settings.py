"""The `simulation:` section: which farm to simulate, and what its grid operator does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from controller.simulator.catalog import load_model
from controller.simulator.physics import Dynamics


def _loopback(address: IPv4Address) -> IPv4Address:
    if not address.is_loopback:
        raise ValueError(f"{address} is not in 127.0.0.0/8: a simulation stays on this machine")
    return address


Loopback = Annotated[IPv4Address, AfterValidator(_loopback)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Endpoint(_Section):
    """Where something listens."""

    address: Loopback = Field(description="An address in 127.0.0.0/8.")
    port: Port = Field(description="TCP port.")


class PhysicsSettings(_Section):
    """How the miners behave; the defaults are what Luxor publishes."""

    stop_s: Seconds = Field(5.0, description="From sleep until standby power.")
    start_s: Seconds = Field(10.0, description="From wake-up until it hashes.")
    rise_s: Seconds = Field(4.0, description="From wake-up until full power; at most start_s.")
    change_s: Seconds = Field(8.0, description="From one profile to another.")
    standby_w: float = Field(25.0, ge=0, le=1000, description="Power of a sleeping miner.")
    wobble: float = Field(0.015, ge=0, le=0.1, description="Noise, as a share of power.")

    def dynamics(self) -> Dynamics:
        return Dynamics(**self.model_dump())


class GroupSettings(_Section):
    """Miners of one kind at consecutive addresses, behind one meter."""

    id: str = Field(min_length=1, description="Names the group and its meter; not `site`.")
    miners: int = Field(ge=1, le=5000, description="How many.")
    address: Loopback = Field(description="Address of the first; the others follow.")
    port: Port = Field(4028, description="TCP port of the LuxOS API of all of them.")
    model: Literal["s19k_pro"] = Field("s19k_pro", description="The recorded miner to imitate.")
    profile: str = Field("default", description="The profile they start with.")
    profiles: tuple[str, ...] | None = Field(
        None, description="The profiles they offer; default: all that were recorded."
    )
    draw_ratio: float = Field(
        1.0, ge=0.5, le=1.5, description="True power over the nominal power of a profile."
    )
    meter: Endpoint | None = Field(None, description="The group's Modbus TCP meter.")

    @model_validator(mode="after")
    def _known(self) -> GroupSettings:
        if self.id == "site":
            raise ValueError("id: `site` is the whole site's meter; name the group otherwise")
        known = load_model(self.model).profiles
        for name in (self.profile, *self.offered()):
            if name not in known:
                raise ValueError(f"profile {name!r} is none of {', '.join(known)}")
        if self.profile not in self.offered():
            raise ValueError(f"profile {self.profile!r} is missing from profiles")
        if not self.last().is_loopback:
            raise ValueError(f"{self.miners} miners from {self.address} go beyond 127.0.0.0/8")
        return self

    def offered(self) -> tuple[str, ...]:
        """The profiles that the miners list, weakest first."""
        known = load_model(self.model).profiles
        return tuple(known) if self.profiles is None else self.profiles

    def last(self) -> IPv4Address:
        return self.address + (self.miners - 1)

    def addresses(self) -> list[str]:
        return [str(self.address + place) for place in range(self.miners)]


class TargetSettings(_Section):
    """What a dispatch asks; passed on as it is, so that a bad one can be simulated too."""

    kind: str = Field(description="reduce_to_kw, reduce_by_kw or reduce_by_percent.")
    kw: float | None = Field(None, description="For reduce_to_kw and reduce_by_kw.")
    percent: float | None = Field(None, description="For reduce_by_percent.")
    reference: str | None = Field(None, description="What a reduction is measured from.")


class DispatchSettings(_Section):
    """One dispatch that the simulated operator sends. Times are site seconds."""

    id: str = Field(min_length=1, description="Identity; the same for its later versions.")
    version: int = Field(1, ge=1, description="Newer versions replace older ones.")
    program: str = Field(min_length=1, description="The program it is under.")
    target: TargetSettings
    issue_after_s: float = Field(ge=0, description="Sent this long after the epoch.")
    start_after_s: float = Field(ge=0, description="Starts this long after the epoch.")
    duration_s: float | None = Field(None, gt=0, description="Default: open, without an end.")


class OperatorSettings(_Section):
    """The grid operator's way to the daemon."""

    url: str = Field(
        pattern=r"^https?://", description="For example http://127.0.0.1:8470/api/v1/dispatches"
    )
    token_file: Path = Field(description="File with the bearer token.")
    retry_s: float = Field(2.0, gt=0, le=600, description="Real seconds between two tries.")


class SimulationSettings(_Section):
    """A simulated site: miners, meters, the operator, and a port to make faults."""

    seed: str = Field("curtaild", description="Names the noise: same seed, same farm.")
    groups: tuple[GroupSettings, ...] = Field(min_length=1, description="The miners.")
    site_meter: Endpoint | None = Field(None, description="The whole site's Modbus TCP meter.")
    house_load_kw: float = Field(
        0.0, ge=0, le=100_000, description="Constant load beside the miners, on the site meter."
    )
    physics: PhysicsSettings = Field(PhysicsSettings(), description="How the miners behave.")
    control: Endpoint | None = Field(None, description="HTTP port for faults and true power.")
    dispatches: tuple[DispatchSettings, ...] = Field((), description="What the operator sends.")
    operator: OperatorSettings | None = Field(None, description="How the operator sends it.")

    @model_validator(mode="after")
    def _consistent(self) -> SimulationSettings:
        if self.dispatches and self.operator is None:
            raise ValueError("dispatches need an operator (url, token_file) to send them")
        for what, values in (("group id", self._ids()), ("address", self._listeners())):
            twice = [value for value, count in Counter(values).items() if count > 1]
            if twice:
                raise ValueError(f"{what} {twice[0]} is used twice")
        return self

    def _ids(self) -> list[str]:
        return [group.id for group in self.groups]

    def _listeners(self) -> Iterator[str]:
        single = [self.site_meter, self.control, *(group.meter for group in self.groups)]
        yield from (f"{end.address}:{end.port}" for end in single if end is not None)
        for group in self.groups:
            yield from (f"{address}:{group.port}" for address in group.addresses())
