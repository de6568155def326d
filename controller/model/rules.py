"""What bounds a site besides its connection: signals, neighbours, generators, heat, fans."""

from __future__ import annotations

from decimal import Decimal

from controller.model.base import Model
from controller.reasons import Reason


class Threshold(Model, frozen=True, kw_only=True):
    """From this value of a signal on, a limit."""

    value: Decimal
    limit_w: int


class Droop(Model, frozen=True, kw_only=True):
    """A limit that falls in a straight line as a signal does."""

    begins: Decimal
    """At this value and above it limits nothing: the end of the deadband."""
    zero: Decimal
    """At this value and below nothing may run. It lies below `begins`."""
    reference_w: int
    """What the limit is counted from."""


class SignalRule(Model, frozen=True, kw_only=True):
    """A limit that follows a signal: in proportion to it, or by thresholds, or both."""

    scope: str
    """The site, a breaker's id or a group's."""
    signal: str
    reason: Reason
    """TEMPERATURE, FREQUENCY, AVAILABLE_POWER, STATE_OF_CHARGE, CONTACT or SET_POINT."""
    watts_per_unit: Decimal | None = None
    """The limit is the signal times this, less `margin_w`; None: only thresholds count."""
    margin_w: int = 0
    above: tuple[Threshold, ...] = ()
    """Each limits while the signal is at its value or higher."""
    below: tuple[Threshold, ...] = ()
    """Each limits while the signal is at its value or lower."""
    droop: Droop | None = None
    clear_by: Decimal = Decimal(0)
    """A threshold that limits is left when the signal is by this much on the good side of it."""
    safe_w: int
    """What is safe to draw while the signal says nothing."""
    silent_after_s: int
    """How long after the last word that is the limit."""


class Neighbour(Model, frozen=True, kw_only=True):
    """A firm load on the same connection, an AI/HPC hall: it takes its share of the import limit
    first."""

    firm_w: int
    """What it may draw at any moment."""
    meter: str = ""
    """The scope of its meter; empty: it has none, and all of `firm_w` is kept for it."""
    behind_site_meter: bool = True
    """Whether the site's meter shows its power too."""
    silent_after_s: int = 30
    """How long after the last word of its meter all of `firm_w` is kept for it."""


class Engine(Model, frozen=True, kw_only=True):
    """Generators that feed an island."""

    most_w: int
    least_w: int = 0
    """Below this load they do not run well: a floor of the site, ahead of all others."""


class Heat(Model, frozen=True, kw_only=True):
    """Heat that somebody takes from a group: a floor."""

    most_w: int
    """The most that is promised."""
    signal: str = ""
    """What is asked for now, in W; empty: always the most."""
    silent_w: int = 0
    """What is kept while the signal says nothing: what runs, up to this."""
    source: str = "heat"


class Cooling(Model, frozen=True, kw_only=True):
    """Fans or pumps that have to run before miners of a group heat."""

    power_w: int = 0
    """What they draw. It counts from when they are turned on; where a meter shows them, what that
    shows."""
    before_s: int = 0
    """How long they run before the first miner may start."""
    after_s: int = 0
    """How long they run on after the last one has stopped."""
    signal: str = ""
    """What proves that they run, where something does."""
    at_least: Decimal = Decimal(1)
    """The value of the signal from which they count as running."""
