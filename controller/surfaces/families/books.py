"""The books' totals. Money may fall (prices can be negative), so it is a gauge."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from prometheus_client.core import Metric

from controller.model.books import Totals
from controller.model.view import View
from controller.surfaces.families.build import counter, gauges

JOULES_PER_WH = 3600
HASHES_PER_TH = 10**12


def families(view: View) -> Iterator[Metric]:
    totals = view.totals
    yield counter(
        "curtaild_books_energy_joules_total",
        "Energy drawn from the grid: metered, or estimated where the meter did not cover.",
        float(totals.energy_wh * JOULES_PER_WH),
    )
    yield counter(
        "curtaild_books_curtailed_joules_total",
        "Energy not used; an estimate.",
        float(totals.curtailed_wh * JOULES_PER_WH),
    )
    yield _money(view, "energy_cost", "Cost of the energy.", totals.energy_cost)
    yield _money(view, "hash_revenue", "Revenue of the hashes; an estimate.", totals.hash_revenue)
    yield _money(
        view,
        "hosting_revenue",
        "What clients owe for the power of their miners; an estimate.",
        totals.hosting_revenue,
    )
    yield _money(
        view, "avoided_cost", "Cost of the energy not used; an estimate.", totals.avoided_cost
    )
    yield _money(
        view,
        "foregone_revenue",
        "Revenue not earned, of hashes and of clients; an estimate.",
        totals.foregone_revenue,
    )
    yield from _work(totals)


def _work(totals: Totals) -> Iterator[Metric]:
    yield counter(
        "curtaild_books_expected_hashes_total",
        "Hashes by the levels of miners that count what their pools accept.",
        float(totals.expected_th * HASHES_PER_TH),
    )
    yield counter(
        "curtaild_books_accepted_hashes_total",
        "Of these, what pools accepted.",
        float(totals.accepted_th * HASHES_PER_TH),
    )


def _money(view: View, name: str, text: str, amount: Decimal) -> Metric:
    rows = [([view.seen.site.currency], float(amount))]
    return gauges(f"curtaild_books_{name}", text, ["currency"], rows)
