"""The declared part of a site, in the units people use: kW, per cent, minutes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator

from controller.config.section import Name, NotTruth, Section
from controller.model.grid import Obligation

Kilowatts = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=3)]
PositiveKilowatts = Annotated[Decimal, Field(gt=0, le=10_000_000, decimal_places=3)]
PerMwh = Annotated[Decimal, Field(ge=-100_000, le=100_000)]
Seconds = Annotated[int, Field(ge=0, le=7 * 86_400), NotTruth]
PositiveSeconds = Annotated[int, Field(gt=0, le=7 * 86_400), NotTruth]


class SiteSettings(Section):
    """One metered connection to the grid."""

    id: Name
    """A short name, as it shall stand in metrics and records."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """The currency of every price, by ISO 4217: USD."""
    zone: str
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

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("unknown time zone: give an IANA name such as Europe/Oslo") from error
        return zone


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
    stop_within_s: PositiveSeconds | None = None
    """In place of pacing.stop_within_s, where a firmware or the meter that proves it is slower."""
    start_within_s: PositiveSeconds | None = None
    """In place of pacing.start_within_s."""
    income_lost_after_minutes: Annotated[int, Field(gt=0, le=1440), NotTruth] | None = 10
    """When running miners had no share accepted for so long, their hashes count as unpaid until one
    is; null: never. Miners that count no shares are not judged."""
    power_return: Literal["all_at_once", "staggered", "held_off"] = "all_at_once"
    """What the group's switches do when power returns after an outage: close all at once, one stage
    after another, or stay open until somebody closes them."""
    miners: Any
    """The miners and the driver that speaks with them."""


class ContractedReference(Section):
    """A constant of the contract."""

    kind: Literal["contracted"]
    kw: PositiveKilowatts
    """The contracted power."""


class AcceptanceReference(Section):
    """The site's metered power when the dispatch is accepted."""

    kind: Literal["power_at_acceptance"]


ReferenceSettings = Annotated[
    ContractedReference | AcceptanceReference, Field(discriminator="kind")
]


class ProgramSettings(Section):
    """A contract with the grid: what it may ask and how it is obeyed."""

    authority: Name
    """Whose token its dispatches must come with: a name under http.tokens."""
    allowed: Annotated[
        list[Literal["reduce_to_kw", "reduce_by_kw", "reduce_by_percent"]], Field(min_length=1)
    ]
    """The kinds of target it may ask for."""
    references: dict[Name, ReferenceSettings] = Field(default_factory=dict)
    """What a "reduce by" is measured from, by the name that a dispatch gives."""
    notice_s: Seconds = 0
    """The shortest time from issue to start that the contract allows. A dispatch with less is
    obeyed all the same; the ledger shows both times."""
    longest_s: PositiveSeconds | None = None
    """The longest a dispatch may last; an open one alarms when it has lasted so long."""
    obligation: Obligation = Obligation.COMPLIANCE
    """Recorded with the program. No dispatch is weighed against money yet, of either kind."""
    reserve_kw: Kilowatts = Decimal(0)
    """Load sold as reserve. It is said at once when less than that runs and could be told to go."""


class EconomicsSettings(Section):
    """What power costs beyond its market price, and what hashing earns net of it."""

    adder_per_mwh: PerMwh = Decimal(0)
    """Transmission, taxes and fees on every MWh."""
    pool_fee_percent: Annotated[Decimal, Field(ge=0, lt=100)] = Decimal(0)
    """What the pool keeps of the revenue."""
    start_margin_per_mwh: Annotated[Decimal, Field(ge=0, le=100_000)] = Decimal(0)
    """How far below its break-even the price must be before a step is started."""


class PacingSettings(Section):
    """How fast things may change. Seconds are site time."""

    minimum_on_s: Seconds = 600
    """For so long money does not stop what has just started; limits do."""
    minimum_off_s: Seconds = 300
    """For so long nothing starts that has just stopped."""
    restore_kw_per_minute: PositiveKilowatts = Decimal(1000)
    """How much load may be started in a minute."""
    stop_within_s: PositiveSeconds = 30
    """By when a miner's power has to show that it came down, to off or to a lower level."""
    start_within_s: PositiveSeconds = 300
    """By when a miner's power has to show that it came up."""
    attempts: Annotated[int, Field(ge=1, le=100), NotTruth] = 3
    """How often a command is sent before the miner counts as disobedient."""
    retry_after_s: PositiveSeconds = 600
    """When a disobedient miner is asked again."""


class LogSettings(Section):
    """What is logged, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe that is logged."""
    format: Literal["json", "text"] = "json"
    """One JSON object a line, or text for people."""
