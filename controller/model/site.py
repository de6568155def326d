"""What is declared about a site and does not change between two reloads."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from controller.model.base import Model
from controller.model.grid import Obligation, Reference, Target
from controller.model.rules import Cooling, Engine, Heat, Neighbour, SignalRule
from controller.model.tariff import Band, Forward, Hosting, Reserved, Schedule


class Pacing(Model, frozen=True, kw_only=True):
    """How fast things may change. Seconds are site time."""

    minimum_on_s: int = 600
    minimum_off_s: int = 300
    restore_w_per_minute: int = 1_000_000
    """How much load may be started in a minute."""
    lower_w_per_minute: int | None = None
    """How much load money may stop in a minute; None: all at once. Limits are not slowed by it."""
    starts_per_hour: int | None = None
    """How often one miner may be started within an hour; None: as often as it pays."""
    largest_step_up_w: int | None = None
    """The most load that may come in one step; the next follows `step_s` later."""
    largest_step_down_w: int | None = None
    """The most load that may go in one step, of whatever cause: what generators stand."""
    step_s: int = 10
    stop_within_s: int = 30
    """By when a miner's power has to show that it came down, to off or to a lower level."""
    start_within_s: int = 300
    attempts: int = 3
    """How often a command is sent before the miner counts as disobedient."""
    retry_after_s: int = 600
    """When a disobedient miner is asked again."""
    wakes_per_hour: int = 3
    """How often within an hour somebody else has to wake a miner that was told to be off until it
    counts as contested."""
    contested_s: int = 3600
    """For how long a contested miner is told nothing and counts in full."""
    known_firmware: tuple[str, ...] = ()
    """Firmwares that a person vouches for: they need no canary, and none bars them."""


class Economics(Model, frozen=True, kw_only=True):
    """What power costs beyond its market price, and what hashing earns net of it."""

    adder_per_mwh: Decimal = Decimal(0)
    adders: tuple[Band, ...] = ()
    """By time of use, on top of that one."""
    losses: Decimal = Decimal(0)
    """The fraction of metered energy that is paid on top, as lost on the way to the meter."""
    tax: Decimal = Decimal(0)
    """A fraction of all of these."""
    pool_fee: Decimal = Decimal(0)
    """A fraction of revenue."""
    start_margin_per_mwh: Decimal = Decimal(0)
    """How far below its break-even the price must be before a step is started: no flapping."""
    start_lost_s: int = 0
    """For how long a miner that is started draws its power and does not hash yet."""
    start_wear_per_mw: Decimal = Decimal(0)
    """What a start wears off, for each MW that is started."""


class Breaker(Model, frozen=True, kw_only=True):
    """What feeds one or several groups."""

    limit_w: int | None = None
    stagger_s: int = 0
    """How long after a start behind it the next one may follow."""
    stagger_w: int = 0
    """How much may start together behind it; a single miner always may."""


class Group(Model, frozen=True, kw_only=True):
    """Miners that share a place, an owner and a policy."""

    limit_w: int | None = None
    """The rating of its feeder."""
    floor_w: int = 0
    """Power promised to whoever takes its hashes or its heat."""
    floor_source: str = ""
    adder_per_mwh: Decimal = Decimal(0)
    """On top of the site's own."""
    adders: tuple[Band, ...] = ()
    losses: Decimal = Decimal(0)
    """On top of the site's own: between its meter and the group."""
    breaker: str = ""
    """The id of the one that feeds it."""
    hosting: Hosting | None = None
    """Where the miners belong to a client."""
    heat: Heat | None = None
    cooling: Cooling | None = None
    switched: bool = False
    """Each miner has a switch that cuts its power."""
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
    capacity_w: int = 0
    """The most that it may ask to be shed; 0: not said."""
    response_s: int = 0
    """From the time of issue to the moment by which power has to show the reduction, where that is
    later than the start."""
    emergency: bool = False
    """Its dispatches are emergency orders: comfort is skipped, safety never."""
    levels: Mapping[str, Target] = {}
    """What it may ask for by the name of a level. A level that asks for nothing is not in here."""
    normal_levels: tuple[str, ...] = ()
    """The names of those that ask for nothing."""
    counted_from: str = ""
    """The reference that a "reduce to" is counted from, so that no other program counts the same
    kW; empty: it is a cap, and counts none."""
    weighed: bool = False
    """Of a financial obligation: it is kept where keeping it costs less than the penalty."""
    penalty_per_mwh: Decimal = Decimal(0)
    """On every MWh that was to be shed, or held, and was not."""
    penalty_per_dispatch: Decimal = Decimal(0)
    may_opt_out: bool = False


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
    breakers: Mapping[str, Breaker] = {}
    neighbours: Mapping[str, Neighbour] = {}
    """Firm loads that share the connection, and come first."""
    reserved: tuple[Reserved, ...] = ()
    """What the utility has reserved for it, by hours."""
    forwards: tuple[Forward, ...] = ()
    """Power that is bought ahead. No decision asks for it: what is not drawn of it is sold back at
    the market's price, so that this is what one more MWh costs all the same."""
    schedules: tuple[Schedule, ...] = ()
    """Limits by the calendar, in the order of their names."""
    rules: Mapping[str, SignalRule] = {}
    """Limits that follow signals."""
    engine: Engine | None = None
    """What generates, on an island."""
    pacing: Pacing = Pacing()
    economics: Economics = Economics()
    headroom: Decimal = Decimal("0.02")
    """The fraction of a limit that is left free for the wobble of miners."""
    meter_silence: MeterSilence | None = None
    settle_s: int = 10
    """How long after the last movement the meter and the miners' own reports can be compared."""
    look_every_s: int = 60
    """How long a decision stands at the most, where nothing is known to change."""
    terse: bool = False
    """Leave out of plans what nothing follows from: explanations, the outlook, how far power could
    be moved. For a back-test, which asks a hundred thousand times and shows nobody."""
