"""Parts of what a decision remembers: what a meter came to, and whose income has stopped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from controller.model.base import Model
from controller.reasons import Reason


class CanaryStage(StrEnum):
    """How far the first miner of a firmware is with what the others will be told."""

    SOUGHT = "sought"
    """None is chosen."""
    CHOSEN = "chosen"
    """It is asked how it is set, before it is told anything."""
    GOING = "going"
    RETURNING = "returning"
    """It is to be seen back as it was."""
    BARRED = "barred"
    """It was not: its firmware is told nothing until a person vouches for it."""


class Canary(Model, frozen=True, kw_only=True):
    """The one miner that shows what a command does to a firmware."""

    stage: CanaryStage = CanaryStage.SOUGHT
    miner: str = ""
    level: str = ""
    """Where it stood, and returns to,"""
    power_w: int = 0
    """what it drew there,"""
    settings: str = ""
    """and how it was set."""
    told_at: datetime | None = None
    """When it was last told to go, or to return; None: not yet."""
    tried: tuple[str, ...] = ()
    """Those before it that were of no use: they did not go, or have no pools."""
    why: str = ""
    """Of a barred one."""


class Waiver(Model, frozen=True, kw_only=True):
    """Miners that were told something before a canary had shown what it does to them."""

    at: datetime
    """The first of them,"""
    reason: Reason
    """and what did not let it wait."""
    miners: int


class Balance(Model, frozen=True, kw_only=True):
    """What a meter and the miners behind it came to when nothing was under way there."""

    unexplained_w: int
    """What the meter showed beyond what the miners counted with; negative where it showed less."""
    meter_w: int
    own_w: int
    """By the miners' own word, and the standby of those that report no watts."""
    nameplate_w: Mapping[str, int]
    """By group and curve: nominal power of the running miners that report no watts."""
    clean: bool = True
    """Nothing was left unproven, so that the next step can be measured against it."""


class Unpaid(Model, frozen=True, kw_only=True):
    """A group none of whose shares is accepted any more."""

    since: datetime
    """The last share that was accepted, or from when on one was due."""
    due: datetime | None = None
    """A later share brings the income back; None while nobody runs there."""


class Learned(Model, frozen=True, kw_only=True):
    """What commands to the miners of a group and curve came to. Counts fade, so that the newest
    weigh most."""

    stops: tuple[int, ...] = ()
    """Confirmed downward commands by how long they took: up to 1, 2, 4, 8 … s."""
    starts: tuple[int, ...] = ()
    """Confirmed upward ones."""
    stops_failed: int = 0
    """Downward ones given up: each attempt missed its deadline, was refused or found nobody."""
    starts_failed: int = 0


class Wear(Model, frozen=True, kw_only=True):
    """How often a miner was started."""

    starts: int = 0
    recent: tuple[datetime, ...] = ()
    """Starts within the last hour."""


class Wakes(Model, frozen=True, kw_only=True):
    """A miner that was told to be off, and whether somebody else wakes it."""

    off_at: datetime | None = None
    """When its power showed that it went off as told; None where it was told or found to run
    since."""
    woken_at: tuple[datetime, ...] = ()
    """When, within the last hour, it had to be told to be off again."""


class RuleState(Model, frozen=True, kw_only=True):
    """Where a limit that follows a signal stands."""

    heard_at: datetime
    above: int = 0
    """How many of the thresholds above limit now."""
    below: int = 0
    last_w: int | None = None
    """The limit that the last word came to, or what it leaves a neighbour to take; None: none."""


class Reports(Model, frozen=True, kw_only=True):
    """What the miners behind a meter say of themselves, of those that know their watts."""

    own_w: int = 0
    """Together; of the unreachable, the last that was proven."""
    miners: int = 0
    lost: int = 0
    """How many of them are unreachable,"""
    lost_w: int = 0
    """and what they count with."""
    nominal_w: int = 0
    """By the plates of those that do not know their watts."""


class MeterWatch(Model, frozen=True, kw_only=True):
    """What a meter has shown of the steps that were made behind it."""

    value_w: int
    """What it showed when it last moved by more than wobble."""
    at: datetime
    shown_w: int
    """What it showed last,"""
    same_since: datetime
    """and since when it shows exactly that."""
    reports: Reports = Reports()
    """As of the last look."""
    stepped_w: int = 0
    """What proven steps since then come to that it did not show,"""
    stepped: int = 0
    """how many miners made them,"""
    since: datetime | None = None
    """and when the first of them can have begun."""
    due_at: datetime | None = None
    """From when on they are large enough that it should have shown them."""
    astride_up_w: int = 0
    """By how much miners rose that were told before `at` and confirmed later: what it showed then
    may or may not have it,"""
    astride_down_w: int = 0
    """by how much they fell,"""
    astride_until: datetime | None = None
    """and when the last of them was confirmed."""
    frozen: bool = False
    above_w: int = 0
    """How far it wobbled above what it stood at,"""
    below_w: int = 0
    """and below: at most 0."""
    apart: int = 0
    """Of a frozen one, how many readings in a row were news, and beyond that wobble to one and the
    same side: above, or counted downwards below."""
    read_at: datetime | None = None
    """Of its last reading."""
    unlike: int = 0
    """How many readings in a row were unlike the one before while nothing was under way; kept once
    they are enough to know that a meter that reads never shows the very same twice."""


class Fit(Model, frozen=True, kw_only=True):
    """Sums over the steps of a meter and of the kinds of miners behind it, from which their ratios
    of true to nominal power are fitted; older steps fade."""

    products: Mapping[str, int]
    """By two kinds, `a|b`: the sum of the products of their nominal steps."""
    shown: Mapping[str, int]
    """By kind: the sum of the products of its nominal step with what the meter showed."""


class Crest(Model, frozen=True, kw_only=True):
    """The most that a scope drew of late beyond the levels at which its miners stand."""

    since: datetime
    """When the latest span of time began."""
    latest_w: int
    """The most in it,"""
    before_w: int
    """and in the span before."""

    @property
    def high_w(self) -> int:
        return max(self.latest_w, self.before_w)


class CoolingState(Model, frozen=True, kw_only=True):
    """The fans or pumps of a group."""

    on_since: datetime | None = None
    """From when on they were to run; None: they may rest."""
    idle_since: datetime | None = None
    """When the last miner was seen off, while they still run."""
    shown_since: datetime | None = None
    """From when on their signal has shown that they run; None: it does not, or there is none."""


class Usual(Model, frozen=True, kw_only=True, cache_hash=True):
    """What prices usually do next, by where their index stands between nodes: `core/habits`. It is
    made anew once a day of what was learned."""

    hours: float
    """How long an interval is."""
    late: bool
    """A price is known when its interval is over."""
    moves: tuple[tuple[float, ...], ...]
    """By node, how likely the index stands at each node an interval later."""
    costs: tuple[float, ...]
    """By node, the mean market price per MWh of the interval that begins there; where prices are
    known as it begins, that of the node."""


class Habits(Model, frozen=True, kw_only=True):
    """What was learned of prices, and where they stand now."""

    usual: Usual
    day: int
    """The local day, by its ordinal, of which `usual` is."""
    heard_at: datetime
    """Start of the interval of the last price that was learned from."""
    smooth: float
    """The smoothed logarithm of the price."""
    place: float
    """The index: in nodes, from 0."""
    counts: tuple[tuple[float, ...], ...]
    """By node, where the index went from there. Older ones fade."""
    paid: tuple[float, ...]
    """By node, the sum of the prices of intervals that began there,"""
    visits: tuple[float, ...]
    """and how many they were."""
