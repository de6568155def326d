"""Several feeds of one thing: which of them is acted upon, and whether two of them disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from controller.model.quality import Disagreement, Fresh, Missing, Observed, Stale


class Choice(NamedTuple):
    """What is acted upon, and whose word it is; empty where nobody has spoken."""

    feed: str
    observed: Observed[Decimal]


def ranked(names: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    """`names` in the order of trust; those that it does not name follow, in theirs."""
    known = list(names)
    first = [name for name in order if name in known]
    return (*first, *(name for name in known if name not in first))


def choose(heard: Mapping[str, Observed[Decimal]], silent: Missing) -> Choice:
    """By feed, the most trusted first: the first that is fresh, else the first that is stale, else
    the first that can say why it has nothing; `silent` where there are none."""
    for kind in (Fresh, Stale, Missing):
        for feed, observed in heard.items():
            if isinstance(observed, kind):
                return Choice(feed if kind is not Missing else "", observed)
    return Choice("", silent)


def apart(
    about: str, heard: Mapping[str, Observed[Decimal]], allowed: Decimal, *, relative: bool
) -> tuple[Disagreement, ...]:
    """Pairs of fresh values that lie further apart than is allowed: by that much, or by that part
    of the larger one."""
    fresh = [(feed, one.value) for feed, one in heard.items() if isinstance(one, Fresh)]
    found = []
    for (feed, value), (other, other_value) in combinations(fresh, 2):
        most = allowed * max(abs(value), abs(other_value)) if relative else allowed
        if abs(value - other_value) > most:
            found.append(
                Disagreement(
                    about=about, acted_upon=feed, other=other, value=value, other_value=other_value
                )
            )
    return tuple(found)
