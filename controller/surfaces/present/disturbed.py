"""What disturbs control from outside: signals that say nothing, and miners that others wake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from controller.model.quality import Fresh, Missing
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity
from controller.surfaces.present.miners import group_of


def disturbed(view: View) -> Iterator[Attention]:
    yield from _signals(view)
    yield from _contested(view)


def _signals(view: View) -> Iterator[Attention]:
    """What follows a silent signal goes to its declared safe power in its declared time."""
    for name, one in sorted(view.seen.signals.items()):
        if isinstance(one, Fresh):
            continue
        text = f"The signal {name} is silent: {getattr(one, 'why', '')}."
        if not isinstance(one, Missing):
            age_s = int((view.seen.now - one.at).total_seconds())
            text = f"The signal {name} is silent: the last word is {age_s} s old."
        yield Attention(severity=Severity.WARNING, about=f"signal {name}", text=text)


def _contested(view: View) -> Iterator[Attention]:
    counts = Counter(group_of(miner, view) or "an unknown group" for miner in view.plan.contested)
    for group, count in sorted(counts.items()):
        miners = "1 miner" if count == 1 else f"{count} miners"
        text = (
            f"Somebody else keeps waking {miners} of {group}: counted in full, others take their "
            "place. Find out what else gives orders there."
        )
        yield Attention(severity=Severity.WARNING, about="fleet", text=text)
