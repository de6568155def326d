"""The whole configuration as one model, from the adapters that there are."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol, Union, cast, get_args

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, create_model
from pydantic_core import PydanticCustomError

from controller.clock import ClockSettings
from controller.config.backtest import BacktestSettings
from controller.config.bounds import (
    BreakerSettings,
    EngineSettings,
    NeighbourSettings,
    RuleSettings,
)
from controller.config.calendar import CalendarSettings
from controller.config.outbound import OutboundSettings
from controller.config.programs import ProgramSettings
from controller.config.quality import QualitySettings
from controller.config.section import Name, NotTruth, Section
from controller.config.site_sections import (
    EconomicsSettings,
    GroupSettings,
    LogSettings,
    PacingSettings,
    SiteSettings,
)
from controller.config.tariffs import ScheduleSettings, SupplySettings, TariffSettings
from controller.fleet.settings import FleetSettings
from controller.signals.revenue.settings import RevenueMeterSettings
from controller.simulator.settings import SimulationSettings
from controller.surfaces.mqtt.settings import MqttSettings
from controller.surfaces.settings import HttpSettings


class Settings(Section):
    """Everything a configuration file may say.

    The parts typed `Any` here are those that adapters own: `settings_model` gives them their type.
    """

    site: SiteSettings
    groups: Annotated[dict[Name, GroupSettings], Field(min_length=1)]
    """By name: the miners that share a place, an owner and a policy."""
    programs: dict[Name, ProgramSettings] = Field(default_factory=dict)
    """By name: the contracts with the grid."""
    breakers: dict[Name, BreakerSettings] = Field(default_factory=dict)
    """By name: what feeds several groups."""
    neighbours: dict[Name, NeighbourSettings] = Field(default_factory=dict)
    """By name: firm loads on the same connection."""
    rules: dict[Name, RuleSettings] = Field(default_factory=dict)
    """By name: the limits that follow a signal."""
    schedules: dict[Name, ScheduleSettings] = Field(default_factory=dict)
    """By name: limits at certain hours."""
    engine: EngineSettings | None = None
    """Of an island: its generators."""
    calendar: CalendarSettings = CalendarSettings()
    """Seasons and holidays, which hours of tariffs name."""
    tariff: TariffSettings | None = None
    """What the utility charges by time of use, where it does not follow a market."""
    supply: SupplySettings = SupplySettings()
    """What is bought ahead of the moment."""
    economics: EconomicsSettings = EconomicsSettings()
    pacing: PacingSettings = PacingSettings()
    feeds: dict[Name, Any] = Field(default_factory=dict)
    """By name: where prices, the hashprice and meter readings come from."""
    quality: QualitySettings = QualitySettings()
    outbound: OutboundSettings = OutboundSettings()
    fleet: FleetSettings = FleetSettings()
    ledger: Any
    """Where the books are kept."""
    revenue_meter: RevenueMeterSettings | None = None
    """How the utility writes what its meter counted, to import it; left out: it is not imported."""
    http: HttpSettings = HttpSettings()
    mqtt: MqttSettings | None = None
    """Dispatches and the site's state over MQTT; left out: there is none."""
    state_dir: Path
    """The folder of the ledger and of all that is remembered; made when it is not there."""
    cycle_s: Annotated[Decimal, Field(gt=0, le=3600)] = Decimal(5)
    """The longest pause between two decisions, in site time."""
    interval_minutes: Annotated[int, Field(ge=1, le=60), NotTruth] = 15
    """The settlement interval; it divides the hour."""
    clock: ClockSettings = ClockSettings()
    """Leave it out for real time."""
    simulation: SimulationSettings | None = None
    """The simulated farm of `curtaild simulate`; a real site has none."""
    backtest: BacktestSettings | None = None
    """What a back-test has to know of the miners."""
    log: LogSettings = LogSettings()


class HasSettings(Protocol):
    """An adapter, as far as its configuration goes."""

    @property
    def settings(self) -> type[BaseModel]: ...


def settings_model(
    *,
    feeds: Mapping[str, HasSettings],
    drivers: Mapping[str, HasSettings],
    switches: Mapping[str, HasSettings],
    ledgers: Mapping[str, HasSettings],
) -> type[Settings]:
    """The model of a configuration that may choose among these adapters by name."""
    group = create_model(
        "Group",
        __base__=GroupSettings,
        __doc__=GroupSettings.__doc__,
        miners=(one_of("driver", drivers), copy(GroupSettings.model_fields["miners"])),
        switches=(
            one_of("adapter", switches) | None,
            copy(GroupSettings.model_fields["switches"]),
        ),
    )
    parts: dict[str, Any] = {
        "groups": (_by_name(group), copy(Settings.model_fields["groups"])),
        "feeds": (_by_name(one_of("adapter", feeds)), copy(Settings.model_fields["feeds"])),
        "ledger": (one_of("adapter", ledgers), copy(Settings.model_fields["ledger"])),
    }
    return create_model("Settings", __base__=Settings, __doc__=Settings.__doc__, **parts)


def one_of(tag: str, adapters: Mapping[str, HasSettings]) -> Any:
    """The type of a mapping whose `tag` names one of `adapters`.

    Raises:
        ValueError: an adapter stands under another name than its settings' `tag` accepts.
    """
    models = []
    for name, adapter in adapters.items():
        field = adapter.settings.model_fields.get(tag)
        if field is None or get_args(field.annotation) != (name,):
            raise ValueError(f"{adapter.settings.__qualname__}.{tag} must be Literal[{name!r}]")
        models.append(adapter.settings)
    if len(models) == 1:
        return Annotated[models[0], BeforeValidator(partial(_with_tag, tag))]
    return Annotated[cast("Any", Union)[tuple(models)], Discriminator(tag)]


def _by_name(kind: Any) -> Any:
    return cast("Any", dict)[Name, kind]


def _with_tag(tag: str, value: Any) -> Any:
    """Where there is one adapter only, its name is asked for all the same: a second one must not
    change what a file means."""
    if isinstance(value, dict) and tag not in value:
        raise PydanticCustomError("union_tag_not_found", "no tag", {"discriminator": repr(tag)})
    return value
