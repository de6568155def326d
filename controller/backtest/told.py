"""What a report says in words: what its figures stand on, and what the daemon's books came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from controller.backtest.block import Fault
from controller.backtest.known_miners import described, machines_of
from controller.backtest.past import History
from controller.backtest.site import left_out
from controller.backtest.yardsticks.machine import WATTS_A_MW
from controller.config.compose import Settings
from controller.model.books import Totals


def assumptions(settings: Settings, past: History) -> Iterator[str]:
    """A sentence on each thing that figures stand on."""
    known = "as it begins" if past.known_at == "start" else "when it is over"
    yield from past.sentences
    yield f"The price of an interval of {past.prices.minutes} minutes is known {known}."
    if past.day_ahead is not None:
        yield f"Day-ahead prices are known from {past.gate:%H:%M} on, the local day before."
    yield "A hashprice is known from its own stamp on."
    machines, whence = machines_of(settings)
    yield from whence
    yield from described(machines)
    yield from left_out(settings)


def of_faults(faults: Mapping[str, Mapping[Fault, Decimal]]) -> Iterator[str]:
    """By group, what befalls its blocks."""
    for group, befalls in faults.items():
        if befalls:
            told = ", ".join(f"{percent} % {fault}" for fault, percent in befalls.items())
            yield f"Of the blocks of {group}, from the start on: {told}."


def booked(totals: Totals, currency: str) -> dict[str, str]:
    """What the daemon's own books came to."""
    return {
        "energy": f"{totals.energy_wh / WATTS_A_MW:,.1f} MWh",
        "energy cost": f"{totals.energy_cost:,.2f} {currency}",
        "hash revenue": f"{totals.hash_revenue:,.2f} {currency}",
        "hosting revenue": f"{totals.hosting_revenue:,.2f} {currency}",
        "curtailed": f"{totals.curtailed_wh / WATTS_A_MW:,.1f} MWh",
        "avoided cost": f"{totals.avoided_cost:,.2f} {currency}",
        "foregone revenue": f"{totals.foregone_revenue:,.2f} {currency}",
    }
