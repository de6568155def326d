"""What bounds a site besides its connection: breakers, neighbours, signals, generators."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from controller.config.quantities import Kilowatts, PositiveKilowatts, PositiveSeconds, Seconds
from controller.config.section import Name, Section
from controller.model.rules import Droop, Engine, Neighbour, SignalRule, Threshold
from controller.model.site import Breaker
from controller.reasons import Reason

Value = Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000)]


class BreakerSettings(Section):
    """What feeds one or several groups, which name it under `breaker`."""

    limit_kw: PositiveKilowatts | None = None
    """Its rating."""
    stagger_s: Seconds = 0
    """How long after a start behind it the next one may follow; with stagger_kw."""
    stagger_kw: Kilowatts = Decimal(0)
    """How much may start together behind it; a single miner always may."""

    @model_validator(mode="after")
    def _whole(self) -> BreakerSettings:
        if self.stagger_kw and not self.stagger_s:
            raise ValueError("stagger_kw says nothing without stagger_s: give both, or neither")
        return self


class NeighbourSettings(Section):
    """A firm load on the same connection: it takes its share of the import limit first."""

    firm_kw: PositiveKilowatts
    """What it may draw at any moment."""
    meter: bool = False
    """Whether a feed meters it, with its name as scope. Without one all of firm_kw is kept."""
    behind_site_meter: bool = True
    """Whether the site's meter shows its power too."""
    silent_after_s: PositiveSeconds = 30
    """After how long without a word from its meter all of firm_kw is kept for it."""


class ThresholdSettings(Section):
    """From a value of a signal on, a limit."""

    value: Value
    """In the signal's unit."""
    limit_kw: Kilowatts
    """The most to draw there."""


class DroopSettings(Section):
    """A limit that falls in a straight line with a frequency."""

    nominal: Annotated[Value, Field(gt=0)]
    """The frequency at which all is well: 50 or 60."""
    deadband: Annotated[Value, Field(ge=0)]
    """How far below it nothing is done: 0.017 in ERCOT."""
    percent: Annotated[Decimal, Field(gt=0, le=100)]
    """How far below it nothing may run any more: 5 means at 95 per cent of it."""
    reference_kw: PositiveKilowatts
    """The limit at the end of the deadband: what is counted from."""

    @model_validator(mode="after")
    def _falls(self) -> DroopSettings:
        if self.deadband >= self.nominal * self.percent / 100:
            raise ValueError("deadband reaches as far as percent: nothing is left to fall in")
        return self


class RuleSettings(Section):
    """A limit that follows a signal: in proportion to it, by thresholds, or both."""

    scope: str
    """What is limited: site, a breaker's name or a group's."""
    signal: Name
    """The name that a feed gives the signal."""
    kind: Literal[
        "temperature",
        "frequency",
        "available_power",
        "state_of_charge",
        "contact",
        "set_point",
    ]
    """What it is: it stands as the reason of the limit."""
    kw_per_unit: Annotated[Decimal, Field(gt=0, le=1_000_000)] | None = None
    """The limit is the signal times this, less margin_kw: 1 for a signal in kW."""
    margin_kw: Kilowatts = Decimal(0)
    """What is left free of it."""
    above: list[ThresholdSettings] = Field(default_factory=list)
    """Each limits while the signal is at its value or higher."""
    below: list[ThresholdSettings] = Field(default_factory=list)
    """Each limits while the signal is at its value or lower."""
    droop: DroopSettings | None = None
    """Of a frequency: a limit in proportion to how far it has fallen."""
    clear_by: Annotated[Value, Field(ge=0)] = Decimal(0)
    """A threshold that limits is left when the signal is by this much on the good side of it."""
    safe_kw: Kilowatts
    """What is safe to draw while the signal says nothing."""
    silent_after_s: PositiveSeconds
    """After how long without a word from the signal safe_kw becomes a limit."""

    @model_validator(mode="after")
    def _whole(self) -> RuleSettings:
        if self.kw_per_unit is None and not self.above and not self.below and not self.droop:
            raise ValueError("limits nothing: give kw_per_unit, droop, above or below")
        if self.droop is not None and self.kind != "frequency":
            raise ValueError("droop is of a frequency: give kw_per_unit, above or below")
        if self.margin_kw and self.kw_per_unit is None:
            raise ValueError("margin_kw says nothing without kw_per_unit")
        _check_order("above", sorted(self.above, key=lambda one: one.value))
        _check_order("below", sorted(self.below, key=lambda one: one.value, reverse=True))
        self._check_clear()
        return self

    def _check_clear(self) -> None:
        """Between both sides there has to be a value that limits nothing and clears both."""
        if not self.above or not self.below:
            return
        high, low = min(one.value for one in self.above), max(one.value for one in self.below)
        if high - self.clear_by <= low:
            raise ValueError(
                f"above {high} and below {low} with clear_by {self.clear_by} leave no value at "
                "which neither limits: set them further apart"
            )


def _check_order(side: str, marks: list[ThresholdSettings]) -> None:
    """The further the signal goes, the less may be drawn."""
    for near, far in pairwise(marks):
        if far.limit_kw >= near.limit_kw:
            raise ValueError(
                f"{side} {far.value} allows {far.limit_kw} kW, no less than {near.limit_kw} kW "
                f"at {near.value}: the further out, the lower the limit has to be"
            )


class EngineSettings(Section):
    """Generators that feed an island."""

    most_kw: PositiveKilowatts
    """The most load that they can take: a limit of the site."""
    least_kw: Kilowatts = Decimal(0)
    """Below this load they do not run well: a floor of the site, ahead of all others."""

    @model_validator(mode="after")
    def _whole(self) -> EngineSettings:
        if self.least_kw > self.most_kw:
            raise ValueError("least_kw must not be above most_kw")
        return self


_REASONS = {
    "temperature": Reason.TEMPERATURE,
    "frequency": Reason.FREQUENCY,
    "available_power": Reason.AVAILABLE_POWER,
    "state_of_charge": Reason.STATE_OF_CHARGE,
    "contact": Reason.CONTACT,
    "set_point": Reason.SET_POINT,
}


def to_breaker(breaker: BreakerSettings) -> Breaker:
    return Breaker(
        limit_w=None if breaker.limit_kw is None else _watts(breaker.limit_kw),
        stagger_s=breaker.stagger_s,
        stagger_w=_watts(breaker.stagger_kw),
    )


def to_neighbour(name: str, neighbour: NeighbourSettings) -> Neighbour:
    return Neighbour(
        firm_w=_watts(neighbour.firm_kw),
        meter=name if neighbour.meter else "",
        behind_site_meter=neighbour.behind_site_meter,
        silent_after_s=neighbour.silent_after_s,
    )


def to_rule(rule: RuleSettings) -> SignalRule:
    return SignalRule(
        scope=rule.scope,
        signal=rule.signal,
        reason=_REASONS[rule.kind],
        watts_per_unit=None if rule.kw_per_unit is None else rule.kw_per_unit * 1000,
        margin_w=_watts(rule.margin_kw),
        above=_thresholds(rule.above),
        below=_thresholds(rule.below),
        droop=None if rule.droop is None else _droop(rule.droop),
        clear_by=rule.clear_by,
        safe_w=_watts(rule.safe_kw),
        silent_after_s=rule.silent_after_s,
    )


def _droop(droop: DroopSettings) -> Droop:
    return Droop(
        begins=droop.nominal - droop.deadband,
        zero=droop.nominal * (1 - droop.percent / 100),
        reference_w=_watts(droop.reference_kw),
    )


def to_engine(engine: EngineSettings | None) -> Engine | None:
    if engine is None:
        return None
    return Engine(most_w=_watts(engine.most_kw), least_w=_watts(engine.least_kw))


def _thresholds(marks: Iterable[ThresholdSettings]) -> tuple[Threshold, ...]:
    return tuple(Threshold(value=one.value, limit_w=_watts(one.limit_kw)) for one in marks)


def _watts(kw: Decimal) -> int:
    """Whole: the settings allow three decimals of a kW and no more."""
    return int(kw * 1000)
