"""What is heard: prices, the age and quality of every feed, and the adapters behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from prometheus_client.core import Metric

from controller.core.observations.quality import Refusal
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.view import View
from controller.surfaces.families.build import Row, counters, from_zero, gauges
from controller.surfaces.present.parts import assumed_price

FEED = ("kind", "scope")
CURRENCY = ("currency",)
Heard: TypeAlias = Observed[Decimal] | Observed[int] | Observed[str]
SAYS_SAMPLES = "feed"
"""The kind of adapter whose samples are judged."""


def families(view: View, now: datetime) -> Iterator[Metric]:
    """Ages are as of `now`."""
    yield from _prices(view)
    feeds = _observations(view)
    yield gauges(
        "curtaild_feed_age_seconds",
        "Age of the last observation, by kind and scope; absent when nothing was ever heard.",
        FEED,
        (
            (names, (now - one.at).total_seconds())
            for names, one in feeds
            if isinstance(one, Fresh | Stale)
        ),
    )
    yield gauges(
        "curtaild_feed_quality",
        "1 for the quality that an observation has now: fresh, stale or missing.",
        (*FEED, "quality"),
        (row for names, one in feeds for row in _qualities(names, one)),
    )
    yield gauges(
        "curtaild_signal",
        "A signal that a limit or a floor follows, in its own unit; absent when it is not fresh.",
        ["name"],
        (
            ([name], float(one.value))
            for name, one in sorted(view.seen.signals.items())
            if isinstance(one, Fresh)
        ),
    )
    yield from _responses(view)
    yield from _adapters(view)
    yield from _speaking(view, now)


def _responses(view: View) -> Iterator[Metric]:
    yield gauges(
        "curtaild_signal_response_seconds",
        "From the moment a signal was measured to the last command that followed from it.",
        ["signal"],
        (([name], one.last_s) for name, one in sorted(view.responses.items())),
    )
    yield gauges(
        "curtaild_signal_worst_response_seconds",
        "The longest of these since the process began.",
        ["signal"],
        (([name], one.worst_s) for name, one in sorted(view.responses.items())),
    )
    yield counters(
        "curtaild_signal_responses_total",
        "Commands that followed from a signal.",
        ["signal"],
        (([name], one.times) for name, one in sorted(view.responses.items())),
    )


def _prices(view: View) -> Iterator[Metric]:
    seen, currency = view.seen, [view.seen.site.currency]
    yield gauges(
        "curtaild_price_per_mwh",
        "Market price of energy; absent when it is not fresh.",
        CURRENCY,
        _fresh(currency, seen.price_per_mwh),
    )
    yield gauges(
        "curtaild_price_assumed",
        "1 while no price is fresh and the site acts upon the one that is declared for that.",
        [],
        [([], float(assumed_price(seen) is not None))],
    )
    marginal = view.plan.marginal_price_per_mwh
    yield gauges(
        "curtaild_marginal_price_per_mwh",
        "Price of energy with all adders of the site; absent when the price is not fresh.",
        CURRENCY,
        [] if marginal is None else [(currency, float(marginal))],
    )
    yield gauges(
        "curtaild_hashprice_per_ph_day",
        "What 1 PH/s earns in a day; absent when it is not fresh.",
        CURRENCY,
        _fresh(currency, seen.hashprice_per_ph_day),
    )


def _fresh(labels: list[str], observed: Observed[Decimal]) -> list[Row]:
    return [(labels, float(observed.value))] if isinstance(observed, Fresh) else []


def _observations(
    view: View,
) -> list[tuple[tuple[str, str], Heard]]:
    seen = view.seen
    meters = [(("meter", scope), one) for scope, one in sorted(seen.meters_w.items())]
    signals = [(("signal", name), one) for name, one in sorted(seen.signals.items())]
    conditions = [(("condition", name), one) for name, one in sorted(seen.conditions.items())]
    return [
        (("price", SITE), seen.price_per_mwh),
        (("hashprice", SITE), seen.hashprice_per_ph_day),
        *meters,
        *signals,
        *conditions,
    ]


def _qualities(names: tuple[str, str], observed: Heard) -> Iterator[Row]:
    for word, kind in (("fresh", Fresh), ("stale", Stale), ("missing", Missing)):
        yield (*names, word), float(isinstance(observed, kind))


def _adapters(view: View) -> Iterator[Metric]:
    every = sorted(view.adapters.items())
    yield gauges(
        "curtaild_adapter_running",
        "1 while the adapter runs, 0 while it is down.",
        ["adapter", "kind"],
        (([name, one.kind], float(one.running)) for name, one in every),
    )
    yield counters(
        "curtaild_adapter_errors_total",
        "Errors that an adapter ended with.",
        ["adapter", "kind"],
        (([name, one.kind], one.errors) for name, one in every),
    )
    yield counters(
        "curtaild_samples_refused_total",
        "Samples that were not used, by feed and reason.",
        ["feed", "reason"],
        (
            ([name, reason], count)
            for name, one in every
            if one.kind == SAYS_SAMPLES
            for reason, count in sorted(from_zero(Refusal, one.refused).items())
        ),
    )


def _speaking(view: View, now: datetime) -> Iterator[Metric]:
    feeds = [one for _, one in sorted(view.adapters.items()) if one.kind == SAYS_SAMPLES]
    yield gauges(
        "curtaild_feed_heard_age_seconds",
        "Time since a feed said something of use; absent when it never did.",
        ["feed"],
        (
            ([one.name], (now - one.heard_at).total_seconds())
            for one in feeds
            if one.heard_at is not None
        ),
    )
    yield gauges(
        "curtaild_feed_late",
        "1 while a feed has been silent for longer than its source should be.",
        ["feed"],
        (([one.name], float(one.late)) for one in feeds),
    )
    yield gauges(
        "curtaild_feeds_differ",
        "By how much two feeds of one thing differ, while that is more than is allowed.",
        ["about", "feed", "other"],
        (
            ([one.about, one.acted_upon, one.other], float(abs(one.value - one.other_value)))
            for one in view.disagreements
        ),
    )
