"""`curtaild ledger bill`: what energy cost, part by part, with what was bought ahead."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Iterator
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from controller.commands.console import Exit, say, say_json, settings_of, table
from controller.commands.metered import intervals_of, with_span

if TYPE_CHECKING:
    from controller.model.books import Interval
    from controller.model.site import Site

_HEAD = ("time", "kWh", "energy", "all parts", "bought kWh", "cost", "sold back kWh", "bill")
_FORMS = {"interval": "%Y-%m-%dT%H:%MZ", "day": "%Y-%m-%d", "month": "%Y-%m"}


class Line(NamedTuple):
    """Sums of a time. Money is in the site's currency."""

    drawn_wh: Decimal = Decimal(0)
    market: Decimal = Decimal(0)
    """Drawn × market price."""
    full: Decimal = Decimal(0)
    """Drawn × full price: with losses, adders and taxes."""
    bought_wh: Decimal = Decimal(0)
    bought: Decimal = Decimal(0)
    difference: Decimal = Decimal(0)
    sold_back_wh: Decimal = Decimal(0)
    unknown: int = 0
    """Intervals of which something is not known; they are not in the sums."""

    def plus(self, other: Line) -> Line:
        return Line(
            drawn_wh=self.drawn_wh + other.drawn_wh,
            market=self.market + other.market,
            full=self.full + other.full,
            bought_wh=self.bought_wh + other.bought_wh,
            bought=self.bought + other.bought,
            difference=self.difference + other.difference,
            sold_back_wh=self.sold_back_wh + other.sold_back_wh,
            unknown=self.unknown + other.unknown,
        )


def add(actions: _SubParsersAction[ArgumentParser]) -> None:
    """To the actions of `ledger`."""
    parser = actions.add_parser("bill", help="what energy cost, with what was bought ahead")
    with_span(parser)
    parser.add_argument("--by", choices=tuple(_FORMS), default="month", help="default: month")
    parser.set_defaults(act=_bill)


def _bill(args: Namespace) -> int:
    from controller.config.site import to_site

    settings = settings_of(args)
    intervals = intervals_of(args, settings)
    rows = [_row(*one) for one in _lines(intervals, to_site(settings), args.by)]
    if args.json:
        say_json(rows)
    else:
        say(*table(_HEAD, [[_cell(row[key]) for key in _SHOWN] for row in rows]))
        say(*_left_out(sum(row["unknown_intervals"] for row in rows)))
    return Exit.OK


def _left_out(intervals: int) -> Iterator[str]:
    if intervals:
        yield f"intervals of which a price or the energy is not known, not in the sums: {intervals}"


def _lines(intervals: Iterable[Interval], site: Site, by: str) -> Iterator[tuple[str, Line]]:
    zone, found = ZoneInfo(site.zone), dict[str, Line]()
    for one in intervals:
        local = one.start if by == "interval" else one.start.astimezone(zone)
        name = f"{local:{_FORMS[by]}}"
        found[name] = found.get(name, Line()).plus(_line(one, site, zone))
    yield from found.items()


def _line(interval: Interval, site: Site, zone: ZoneInfo) -> Line:
    from controller.core.books.forward import bought

    clock = interval.start.astimezone(zone).replace(tzinfo=UTC)
    parts = bought(interval, clock, site.forwards)
    drawn, full, market = interval.paid_wh, interval.energy_cost, interval.market_per_mwh
    if drawn is None or full is None or market is None:
        return Line(unknown=1)
    if any(part.difference is None for part in parts):
        return Line(unknown=1)
    return Line(
        drawn_wh=drawn,
        market=drawn * market / 1_000_000,
        full=full,
        bought_wh=sum((part.energy_wh for part in parts), Decimal(0)),
        bought=sum((part.cost or Decimal(0) for part in parts), Decimal(0)),
        difference=sum((part.difference or Decimal(0) for part in parts), Decimal(0)),
        sold_back_wh=sum((part.sold_back_wh or Decimal(0) for part in parts), Decimal(0)),
    )


_SHOWN = (
    "time",
    "drawn_kwh",
    "energy_at_market",
    "all_parts",
    "bought_kwh",
    "bought_cost",
    "sold_back_kwh",
    "bill",
)


def _row(name: str, line: Line) -> dict[str, Any]:
    return {
        "time": name,
        "drawn_kwh": round(float(line.drawn_wh / 1000), 3),
        "energy_at_market": _money(line.market),
        "all_parts": _money(line.full),
        "bought_kwh": round(float(line.bought_wh / 1000), 3),
        "bought_cost": _money(line.bought),
        "bought_difference": _money(line.difference),
        "sold_back_kwh": round(float(line.sold_back_wh / 1000), 3),
        "bill": _money(line.full + line.difference),
        "unknown_intervals": line.unknown,
    }


def _money(amount: Decimal) -> float:
    return round(float(amount), 2)


def _cell(value: object) -> object:
    return f"{value:,.2f}" if isinstance(value, float) else value
