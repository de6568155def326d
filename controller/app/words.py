"""What was last heard of signals, and of what the grid says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from controller.core.observations.heard import (
    Condition,
    SignalBounds,
    SignalReading,
    judge_condition,
    judge_signal,
)
from controller.core.observations.quality import Refusal, aged
from controller.model.quality import Missing, Observed
from controller.model.samples import ConditionSample, SignalSample


class Words:
    """Judges each word as it comes in and keeps the good ones, of the names that feeds give."""

    def __init__(self) -> None:
        self._bounds: Mapping[str, SignalBounds] = {}
        self._max_age_s: Mapping[str, int] = {}
        self._signals: dict[str, SignalReading] = {}
        self._conditions: dict[str, Condition] = {}

    def adopt(self, signals: Mapping[str, SignalBounds], conditions: Mapping[str, int]) -> None:
        """These from now on; what was heard of others is forgotten."""
        self._bounds, self._max_age_s = signals, conditions
        self._signals = {k: v for k, v in self._signals.items() if k in signals}
        self._conditions = {k: v for k, v in self._conditions.items() if k in conditions}

    def signals(self, now: datetime) -> dict[str, Observed[Decimal]]:
        """By name, every signal that a feed gives."""
        seen: dict[str, Observed[Decimal]] = {}
        for name, bounds in self._bounds.items():
            known = self._signals.get(name)
            if known is None:
                seen[name] = Missing(why=f"no value of {name} has arrived")
            else:
                seen[name] = aged(known.value, known.at, now, bounds.max_age_s)
        return seen

    def signal(self, name: str, now: datetime) -> Observed[Decimal]:
        """One of them."""
        return self.signals(now).get(name, Missing(why=f"no feed gives {name}"))

    def conditions(self, now: datetime) -> dict[str, Observed[str]]:
        """By name, what the grid says of itself."""
        seen: dict[str, Observed[str]] = {}
        for name, max_age_s in self._max_age_s.items():
            known = self._conditions.get(name)
            if known is None:
                seen[name] = Missing(why=f"no word on {name} has arrived")
            else:
                seen[name] = aged(known.text, known.at, now, max_age_s)
        return seen

    def ends(self) -> Iterator[datetime]:
        """When each signal is stale if it does not speak before. Of conditions nothing follows."""
        for name, reading in self._signals.items():
            yield reading.at + timedelta(seconds=self._bounds[name].max_age_s)

    def offer_signal(self, sample: SignalSample, now: datetime) -> Refusal | None:
        """Use it, or say why not."""
        bounds = self._bounds.get(sample.name)
        if bounds is None:
            return Refusal.UNKNOWN_NAME
        reading = judge_signal(sample, self._signals.get(sample.name), now, bounds)
        if isinstance(reading, Refusal):
            return reading
        self._signals[sample.name] = reading
        return None

    def offer_condition(self, sample: ConditionSample, now: datetime) -> Refusal | None:
        """Use it, or say why not."""
        if sample.name not in self._max_age_s:
            return Refusal.UNKNOWN_NAME
        condition = judge_condition(sample, self._conditions.get(sample.name), now)
        if isinstance(condition, Refusal):
            return condition
        self._conditions[sample.name] = condition
        return None
