"""The `simulation:` section: which farm to simulate, and what its grid operator does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, model_validator

from controller.simulator.group_settings import (
    STOCK_PHYSICS,
    Endpoint,
    GroupSettings,
    PhysicsSettings,
    Section,
)


class TargetSettings(Section):
    """What a dispatch asks; passed on as it is, so that a bad one can be simulated too."""

    kind: str = Field(description="reduce_to_kw, reduce_by_kw or reduce_by_percent.")
    kw: float | None = Field(None, description="For reduce_to_kw and reduce_by_kw.")
    percent: float | None = Field(None, description="For reduce_by_percent.")
    reference: str | None = Field(None, description="What a reduction is measured from.")


class DispatchSettings(Section):
    """One dispatch that the simulated operator sends. Times are site seconds."""

    id: str = Field(min_length=1, description="Identity; the same for its later versions.")
    version: int = Field(1, ge=1, description="Newer versions replace older ones.")
    program: str = Field(min_length=1, description="The program it is under.")
    target: TargetSettings
    issue_after_s: float = Field(ge=0, description="Sent this long after the epoch.")
    start_after_s: float = Field(ge=0, description="Starts this long after the epoch.")
    duration_s: float | None = Field(None, gt=0, description="Default: open, without an end.")


class OperatorSettings(Section):
    """The grid operator's way to the daemon."""

    url: str = Field(
        pattern=r"^https?://", description="For example http://127.0.0.1:8470/api/v1/dispatches"
    )
    token_file: Path = Field(description="File with the bearer token.")
    retry_s: float = Field(2.0, gt=0, le=600, description="Real seconds between two tries.")


class SimulationSettings(Section):
    """A simulated site: miners, meters, the operator, and a port to make faults."""

    seed: str = Field("curtaild", description="Names the noise: same seed, same farm.")
    groups: tuple[GroupSettings, ...] = Field(min_length=1, description="The miners.")
    site_meter: Endpoint | None = Field(None, description="The whole site's Modbus TCP meter.")
    house_load_kw: float = Field(
        0.0, ge=0, le=100_000, description="Constant load beside the miners, on the site meter."
    )
    physics: PhysicsSettings = Field(
        PhysicsSettings(), description="How the miners with LuxOS behave."
    )
    processes: int = Field(
        1, ge=1, le=64, description="Processes that play the groups; needs `control` if not 1."
    )
    control: Endpoint | None = Field(None, description="HTTP port for faults and true power.")
    dispatches: tuple[DispatchSettings, ...] = Field((), description="What the operator sends.")
    operator: OperatorSettings | None = Field(None, description="How the operator sends it.")

    @model_validator(mode="after")
    def _consistent(self) -> SimulationSettings:
        if self.dispatches and self.operator is None:
            raise ValueError("dispatches need an operator (url, token_file) to send them")
        self._check_processes()
        for what, values in (("group id", self._ids()), ("address", self._listeners())):
            twice = [value for value, count in Counter(values).items() if count > 1]
            if twice:
                raise ValueError(f"{what} {twice[0]} is used twice")
        return self

    def physics_of(self, group: GroupSettings) -> PhysicsSettings:
        """How the miners of `group` behave."""
        if group.physics is not None:
            return group.physics
        return STOCK_PHYSICS if group.make == "antminer" else self.physics

    def _check_processes(self) -> None:
        if self.processes > len(self.groups):
            raise ValueError(
                f"processes: {len(self.groups)} groups cannot be split among {self.processes}; "
                "a group stays whole"
            )
        if self.processes > 1 and self.control is None:
            raise ValueError("processes need `control`, the port that opens when all are up")

    def _ids(self) -> list[str]:
        return [group.id for group in self.groups]

    def _listeners(self) -> Iterator[str]:
        single = [self.site_meter, self.control]
        for group in self.groups:
            single += [group.meter, group.switches]
        yield from (f"{end.address}:{end.port}" for end in single if end is not None)
        for group in self.groups:
            yield from (f"{place.address}:{place.port}" for place in group.places())
