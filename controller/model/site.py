"""What is declared about a site and does not change between two reloads."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from controller.model.base import Model
from controller.model.grid import Obligation, Reference


class Pacing(Model, frozen=True, kw_only=True):
    """How fast things may change. Seconds are site time."""

    minimum_on_s: int = 600
    minimum_off_s: int = 300
    restore_w_per_minute: int = 1_000_000
    """How much load may be started in a minute."""
    stop_within_s: int = 30
    """By when a miner's power has to show that it came down, to off or to a lower level."""
    start_within_s: int = 300
    attempts: int = 3
    """How often a command is sent before the miner counts as disobedient."""
    retry_after_s: int = 600
    """When a disobedient miner is asked again."""


class Economics(Model, frozen=True, kw_only=True):
    """What power costs beyond its market price, and what hashing earns net of it."""

    adder_per_mwh: Decimal = Decimal(0)
    pool_fee: Decimal = Decimal(0)
    """A fraction of revenue."""
    start_margin_per_mwh: Decimal = Decimal(0)
    """How far below its break-even the price must be before a step is started: no flapping."""


class Group(Model, frozen=True, kw_only=True):
    """Miners that share a place, an owner and a policy."""

    limit_w: int | None = None
    """The rating of its feeder."""
    floor_w: int = 0
    """Power promised to whoever takes its hashes or its heat."""
    floor_source: str = ""
    adder_per_mwh: Decimal = Decimal(0)
    """On top of the site's own."""
    income_lost_after_s: int | None = None
    """For how long running miners may have no share accepted before their hashes count as unpaid;
    None: for ever."""
    stop_within_s: int | None = None
    """In place of the site's."""
    start_within_s: int | None = None


class Program(Model, frozen=True, kw_only=True):
    """A contract with the grid: what it may ask and how it is obeyed."""

    authority: str
    """Whose token its dispatches must come with."""
    allowed: tuple[str, ...]
    """Kinds of target."""
    references: Mapping[str, Reference] = {}
    notice_s: int = 0
    longest_s: int | None = None
    obligation: Obligation = Obligation.COMPLIANCE
    reserve_w: int = 0
    """Load sold as reserve: it has to be on and able to go for as long as the program stands."""


class MeterSilence(Model, frozen=True, kw_only=True):
    """What is safe to draw when the site's meter says nothing."""

    safe_w: int
    after_s: int


class Site(Model, frozen=True, kw_only=True):
    """One metered connection to the grid."""

    id: str
    currency: str
    zone: str
    import_limit_w: int
    groups: Mapping[str, Group]
    programs: Mapping[str, Program] = {}
    pacing: Pacing = Pacing()
    economics: Economics = Economics()
    headroom: Decimal = Decimal("0.02")
    """The fraction of a limit that is left free for the wobble of miners."""
    meter_silence: MeterSilence | None = None
    settle_s: int = 10
    """How long after the last movement the meter and the miners' own reports can be compared."""
