"""The declared part of a site, in the units people use: kW, per cent, minutes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from controller.config.quantities import (
    Kilowatts,
    PerMwh,
    PositiveKilowatts,
    PositiveSeconds,
    Seconds,
)
from controller.config.section import Name, NotTruth, Section
from controller.config.tariffs import BandSettings, HeatSettings, HostingSettings
from controller.signals.reading.local_times import ZoneName

Losses = Annotated[Decimal, Field(ge=0, le=50)]


class SiteSettings(Section):
    """One metered connection to the grid."""

    id: Name
    """A short name, as it shall stand in metrics and records."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """The currency of every price, by ISO 4217: USD."""
    zone: ZoneName
    """The IANA time zone of tariffs and of display: America/Chicago."""
    import_limit_kw: PositiveKilowatts
    """The most that the connection may draw."""
    headroom_percent: Annotated[Decimal, Field(ge=0, le=25)] = Decimal(2)
    """The share of a limit that is left free for the wobble of miners."""
    safe_kw: Kilowatts | None = None
    """What is safe to draw while the site's meter is silent; with meter_silent_after_s."""
    meter_silent_after_s: PositiveSeconds | None = None
    """After how long without a word from the site's meter safe_kw becomes the limit."""
    settle_s: Seconds = 10
    """How long after the last movement the meter and the miners' reports can be compared."""
    largest_step_kw: PositiveKilowatts | None = None
    """The most load that may come at once when power returns after an outage. Only switches can
    keep to it: `curtaild check` names the groups whose switches do not."""


class CoolingSettings(Section):
    """Fans or pumps that have to run before miners of a group heat."""

    power_kw: Kilowatts = Decimal(0)
    """What they draw. Where a meter shows it, the meter counts."""
    before_s: Seconds = 0
    """How long they run before the first miner may start."""
    after_s: Seconds = 0
    """How long they run on after the last one has stopped."""
    signal: Name | None = None
    """What proves that they run: the name that a feed gives the signal. Nothing starts before it
    has shown that for before_s, or while it is silent."""
    at_least: Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000)] = Decimal(1)
    """The value of the signal from which they count as running."""

    @model_validator(mode="after")
    def _whole(self) -> CoolingSettings:
        if self.signal is None and "at_least" in self.model_fields_set:
            raise ValueError("at_least says nothing without signal: give both, or neither")
        return self


class GroupSettings(Section):
    """Miners that share a place, an owner and a policy."""

    limit_kw: PositiveKilowatts | None = None
    """The rating of the group's feeder."""
    floor_kw: Kilowatts = Decimal(0)
    """Power promised to whoever takes the group's hashes or heat; no floor beats a limit."""
    floor_source: str = ""
    """To whom it is promised, for the record."""
    adder_per_mwh: PerMwh = Decimal(0)
    """What power costs here on top of the site's own adder."""
    adders: list[BandSettings] = Field(default_factory=list)
    """By time of use, on top of that one."""
    losses_percent: Losses = Decimal(0)
    """Of what its miners draw: what is lost between the site's meter and them."""
    hosting: HostingSettings | None = None
    """Where its miners are a client's."""
    heat: HeatSettings | None = None
    """Where somebody takes its heat."""
    cooling: CoolingSettings | None = None
    """Fans or pumps that run before its miners do."""
    stop_within_s: PositiveSeconds | None = None
    """In place of pacing.stop_within_s, where a firmware or the meter that proves it is slower."""
    start_within_s: PositiveSeconds | None = None
    """In place of pacing.start_within_s."""
    income_lost_after_minutes: Annotated[int, Field(gt=0, le=1440), NotTruth] | None = 10
    """When running miners had no share accepted for so long, their hashes count as unpaid until one
    is; null: never. Miners that count no shares are not judged."""
    breaker: Name | None = None
    """The breaker that feeds it: a name under breakers."""
    power_return: Literal["all_at_once", "staggered", "held_off"] = "all_at_once"
    """What the group's switches do when power returns after an outage: close all at once, one stage
    after another, or stay open until somebody closes them."""
    switches: Any = None
    """Where each of its miners has a switch that can cut its power: where the switches are."""
    miners: Any
    """The miners and the driver that speaks with them."""


class EconomicsSettings(Section):
    """What power costs beyond its market price, and what hashing earns net of it."""

    adder_per_mwh: PerMwh = Decimal(0)
    """Transmission and fees on every metered MWh."""
    adders: list[BandSettings] = Field(default_factory=list)
    """By time of use, on top of that one."""
    losses_percent: Losses = Decimal(0)
    """Of metered energy: what is paid for on top at the market price, as lost on the way to the
    meter."""
    tax_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)
    """On all of it: energy, losses and adders."""
    price_rate_signal: Name | None = None
    """The signal that says how many of the site's currency one of the prices' currency is. Without
    one prices are in the site's; a rate that is fixed is the feed's `factor`."""
    hashprice_rate_signal: Name | None = None
    """The same of the hashprice."""
    pool_fee_percent: Annotated[Decimal, Field(ge=0, lt=100)] = Decimal(0)
    """What the pool keeps of the revenue."""
    start_margin_per_mwh: Annotated[Decimal, Field(ge=0, le=100_000)] = Decimal(0)
    """How far below its break-even the price must be before a step is started."""
    start_lost_s: Annotated[int, Field(ge=0, le=7200), NotTruth] = 0
    """For how long a miner that is started draws its power and does not hash yet."""
    start_wear_per_mw: Annotated[Decimal, Field(ge=0, le=10_000)] = Decimal(0)
    """What a start wears off, for each MW that is started."""


class PacingSettings(Section):
    """How fast things may change. Seconds are site time."""

    minimum_on_s: Seconds = 600
    """For so long money does not stop what has just started, and changes no level that has just
    risen; limits do."""
    minimum_off_s: Seconds = 300
    """For so long nothing starts that has just stopped."""
    restore_kw_per_minute: PositiveKilowatts = Decimal(1000)
    """How much load may be started in a minute: so much at once, and on at that rate."""
    lower_kw_per_minute: PositiveKilowatts | None = None
    """How much load money may stop in a minute; left out: all at once. Limits, locks and persons
    are not slowed by it."""
    starts_per_hour: Annotated[int, Field(ge=1, le=60), NotTruth] | None = None
    """How often one miner may be started within an hour; left out: as often as it pays."""
    largest_step_up_kw: PositiveKilowatts | None = None
    """The most load that may come in one step. A single miner always may, however large."""
    largest_step_down_kw: PositiveKilowatts | None = None
    """The most load that may go in one step, of whatever cause, dispatches and emergencies
    included: what generators stand. A single miner always may."""
    step_s: PositiveSeconds = 10
    """How long after one of these steps the next may follow."""
    stop_within_s: PositiveSeconds = 30
    """By when a miner's power has to show that it came down, to off or to a lower level."""
    start_within_s: PositiveSeconds = 300
    """By when a miner's power has to show that it came up."""
    attempts: Annotated[int, Field(ge=1, le=100), NotTruth] = 3
    """How often a command is sent before the miner counts as disobedient."""
    retry_after_s: PositiveSeconds = 600
    """When a disobedient miner is asked again."""
    wakes_per_hour: Annotated[int, Field(ge=1, le=100), NotTruth] = 3
    """How often within an hour somebody else has to wake a miner that went off as told until it is
    contested: told nothing, counted in full, and cut where it has a switch."""
    contested_minutes: Annotated[int, Field(gt=0, le=1440), NotTruth] = 60
    """For how long it stays so."""
    known_firmware: list[Annotated[str, StringConstraints(min_length=1, max_length=128)]] = Field(
        default_factory=list
    )
    """Firmwares that a person vouches for, as the page names them: `luxos
    2025.4.8.220305-57b389c7`. The first command to any other goes to one miner, and the rest wait
    until it has come back as it was. It is also what lifts the bar from one that did not, once its
    miners have been looked after."""


class LogSettings(Section):
    """What is logged, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe that is logged."""
    format: Literal["json", "text"] = "json"
    """One JSON object a line, or text for people."""
