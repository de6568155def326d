"""The miners of a simulated site as they are declared: groups, makes, places, physics."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from controller.simulator.fault_rate import FaultRate
from controller.simulator.faults import ANTMINER_FAULTS, LUXOS_FAULTS
from controller.simulator.luxos.catalog import load_model
from controller.simulator.physics import Dynamics


def _loopback(address: IPv4Address) -> IPv4Address:
    if not address.is_loopback:
        raise ValueError(f"{address} is not in 127.0.0.0/8: a simulation stays on this machine")
    return address


Loopback = Annotated[IPv4Address, AfterValidator(_loopback)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Endpoint(Section):
    """Where something listens."""

    address: Loopback = Field(description="An address in 127.0.0.0/8.")
    port: Port = Field(description="TCP port.")


class PhysicsSettings(Section):
    """How the miners behave; the defaults are what Luxor publishes."""

    stop_s: Seconds = Field(5.0, description="From sleep until standby power.")
    start_s: Seconds = Field(10.0, description="From wake-up until it hashes.")
    rise_s: Seconds = Field(4.0, description="From wake-up until full power; at most start_s.")
    change_s: Seconds = Field(8.0, description="From one profile to another.")
    standby_w: float = Field(25.0, ge=0, le=1000, description="Power of a sleeping miner.")
    wobble: float = Field(0.015, ge=0, le=0.1, description="Noise, as a share of power.")
    boot_s: Seconds = Field(60.0, description="From the return of power until it starts.")
    idle_after_s: Seconds = Field(
        60.0, description="From the loss of the uplink until it stops for lack of work."
    )

    def dynamics(self) -> Dynamics:
        return Dynamics(**self.model_dump())


STOCK_PHYSICS = PhysicsSettings(stop_s=15, start_s=180, rise_s=60, change_s=180, boot_s=90)
"""Of stock Antminers: a change of mode restarts the mining process, and hashing takes minutes."""


class StockSettings(Section):
    """What only miners with the stock firmware of Antminers have."""

    password: str = Field("root", min_length=1, description="Of their user `root`.")
    write_s: Seconds = Field(
        20.0, description="From a written configuration until its answer; real ones take 20 s."
    )
    freq_level: int = Field(100, ge=1, le=100, description="Per cent of the full frequency.")


class MinerPlace(NamedTuple):
    """Where one miner is."""

    name: str
    """Its address; with the port where several share an address."""
    address: str
    port: int
    own_address: str
    """What it takes for its own address."""


MODELS = {"luxos": "s19k_pro", "antminer": "s21"}
PORTS = {"luxos": 4028, "antminer": 8080}
FAULTS_OF_MAKE = {"luxos": LUXOS_FAULTS, "antminer": ANTMINER_FAULTS}
_INNER = IPv4Address("192.168.1.10")


class GroupSettings(Section):
    """Miners of one kind, behind one meter."""

    id: str = Field(min_length=1, description="Names the group and its meter; not `site`.")
    make: Literal["luxos", "antminer"] = Field(
        "luxos", description="LuxOS, or the stock firmware of Antminers."
    )
    miners: int = Field(ge=1, le=5000, description="How many.")
    address: Loopback = Field(description="Address of the first; the others follow.")
    port: Port = Field(
        4028, description="TCP port of their interface; default: 4028 (LuxOS), 8080 (Antminer)."
    )
    nat: bool = Field(
        default=False, description="All at one address, as behind NAT: ports from `port` on."
    )
    model: Literal["s19k_pro", "s21"] | None = Field(
        None, description="The miner to imitate; default: s19k_pro (LuxOS), s21 (Antminer)."
    )
    profile: str = Field("default", description="LuxOS: the profile they start with.")
    profiles: tuple[str, ...] | None = Field(
        None, description="LuxOS: the profiles they offer; default: all that were recorded."
    )
    stock: StockSettings | None = Field(None, description="Antminer: what only these have.")
    physics: PhysicsSettings | None = Field(
        None, description="How they behave; default: as the site's LuxOS, or stock, miners."
    )
    draw_ratio: float = Field(
        1.0, ge=0.5, le=1.5, description="True power over the nominal power of a level."
    )
    reply_delay_s: Seconds = Field(
        0.0, description="Real seconds that they take for each reply, as over a long line."
    )
    faults: tuple[FaultRate, ...] = Field(
        (), description="What is wrong with some of them, from the start or now and then."
    )
    meter: Endpoint | None = Field(None, description="The group's Modbus TCP meter.")
    switches: Endpoint | None = Field(
        None, description="Modbus TCP relays that can cut each miner's power, one coil for each."
    )

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, given: Any) -> Any:
        if isinstance(given, dict) and "port" not in given:
            return {**given, "port": PORTS.get(given.get("make", "luxos"), PORTS["luxos"])}
        return given

    @model_validator(mode="after")
    def _known(self) -> GroupSettings:
        if self.id == "site":
            raise ValueError("id: `site` is the whole site's meter; name the group otherwise")
        if self.model_name() != MODELS[self.make]:
            raise ValueError(f"model: {self.model} does not run {self.make}")
        if not self.last().is_loopback:
            raise ValueError(f"{self.miners} miners from {self.address} go beyond 127.0.0.0/8")
        if self.nat and self.port + self.miners - 1 > 65535:
            raise ValueError(f"{self.miners} miners from port {self.port} go beyond 65535")
        self._check_make()
        self._check_faults()
        return self

    def _check_faults(self) -> None:
        for rate in self.faults:
            if rate.kind not in FAULTS_OF_MAKE[self.make]:
                raise ValueError(f"faults: {rate.kind} is no fault of a miner with {self.make}")
        if round(sum(rate.share or 0 for rate in self.faults), 9) > 1:
            raise ValueError("faults: the shares are more than the whole group")

    def _check_make(self) -> None:
        if self.make == "antminer":
            if {"profile", "profiles"} & self.model_fields_set:
                raise ValueError(
                    "profile, profiles: stock Antminers have none; see stock.freq_level"
                )
            return
        if self.stock is not None:
            raise ValueError("stock: these miners have LuxOS; say `make: antminer` for stock ones")
        known = load_model(self.model_name()).profiles
        for name in (self.profile, *self.offered()):
            if name not in known:
                raise ValueError(f"profile {name!r} is none of {', '.join(known)}")
        if self.profile not in self.offered():
            raise ValueError(f"profile {self.profile!r} is missing from profiles")

    def model_name(self) -> str:
        return self.model or MODELS[self.make]

    def offered(self) -> tuple[str, ...]:
        """The profiles that the miners list, weakest first."""
        known = load_model(self.model_name()).profiles
        return tuple(known) if self.profiles is None else self.profiles

    def last(self) -> IPv4Address:
        return self.address if self.nat else self.address + (self.miners - 1)

    def places(self) -> list[MinerPlace]:
        """Where each of them is."""
        return [self._place(number) for number in range(self.miners)]

    def _place(self, number: int) -> MinerPlace:
        if self.nat:
            port = self.port + number
            name = f"{self.address}:{port}"
            return MinerPlace(name, str(self.address), port, str(_INNER + number))
        address = str(self.address + number)
        return MinerPlace(address, address, self.port, address)

    def addresses(self) -> list[str]:
        return list(dict.fromkeys(place.address for place in self.places()))
