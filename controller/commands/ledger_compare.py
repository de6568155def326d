"""`curtaild ledger compare-meter`: our meter beside the revenue meter, out of the ledger."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from controller.commands.console import (
    Exit,
    say,
    say_json,
    settings_of,
    table,
    with_config,
    with_json,
)
from controller.commands.person import moment
from controller.errors import PermanentError

if TYPE_CHECKING:
    from controller.core.books.revenue.rules import RevenueRules
    from controller.core.books.revenue.spans import Span
    from controller.model.revenue_meter import Comparison

Row: TypeAlias = dict[str, Any]
_PARTS = ("interval", "day", "month")


def add(actions: _SubParsersAction[ArgumentParser]) -> None:
    """To the actions of `ledger`."""
    parser = actions.add_parser("compare-meter", help="our meter beside the revenue meter")
    with_config(parser)
    with_json(parser)
    parser.add_argument("--since", type=moment, metavar="TIME", help="default: the last import's")
    parser.add_argument("--until", type=moment, metavar="TIME", help="default: the last import's")
    parser.add_argument("--by", choices=_PARTS, default="day", help="default: day")
    parser.add_argument("--apart", action="store_true", help="only what differs or is missing")
    parser.set_defaults(act=_compare)


def _compare(args: Namespace) -> int:
    from controller.wiring import build_revenue_meter, ledger_path

    settings = settings_of(args)
    meter = build_revenue_meter(settings)
    if meter is None:
        raise PermanentError("revenue_meter: is missing: say there how its files are written")
    spans = _spans(args, ledger_path(settings), meter.rules)
    every = _rows(spans, args.by, meter.rules, ZoneInfo(settings.site.zone))
    rows = [row for row in every if not args.apart or _stands_out(row)]
    if args.json:
        say_json(rows)
    else:
        say(*table(_HEAD, [[_cell(value) for value in row.values()] for row in rows]))
    return Exit.OK


def _spans(args: Namespace, path: Path, rules: RevenueRules) -> Sequence[Span]:
    from controller.core.books.revenue.sides import billed, live
    from controller.core.books.revenue.spans import spans
    from controller.ledger.metered import imported_range, metered

    since, until = args.since, args.until
    if since is None or until is None:
        first, last = imported_range(path)
        since, until = since or first, until or last
    known = metered(path, since, until)
    ours = live(known.intervals, rules.interval_minutes)
    return spans(ours, billed(known.readings.values(), rules.minutes), rules)


def _rows(
    spans: Iterable[Span],
    by: Literal["interval", "day", "month"],
    rules: RevenueRules,
    zone: ZoneInfo,
) -> Iterator[Row]:
    from controller.core.books.revenue.periods import by_period
    from controller.core.books.revenue.spans import comparison

    if by == "interval":
        for span in spans:
            one = comparison((span,), rules)
            ours = None if span.live is None else span.live.wh
            theirs = None if span.billed is None else span.billed.wh
            yield _row(f"{span.start:%Y-%m-%dT%H:%MZ}", one, ours, theirs)
        return
    for name, one in by_period(spans, by, rules, zone).items():
        yield _row(name, one, one.live_wh, one.billed_wh)


_HEAD = (
    "time",
    "ours kWh",
    "billed kWh",
    "less",
    "%",
    "intervals",
    "apart",
    "not ours",
    "not theirs",
)


def _row(name: str, one: Comparison, ours: Decimal | None, theirs: Decimal | None) -> Row:
    """Of what both cover; of one interval, what each has."""
    return {
        "time": name,
        "live_kwh": _kwh(ours),
        "billed_kwh": _kwh(theirs),
        "difference_kwh": _kwh(one.difference_wh) if one.spans else None,
        "difference_percent": None if one.ratio is None else round(float(one.ratio * 100), 3),
        "intervals": one.spans,
        "apart": one.apart,
        "missing_live": one.missing_live,
        "missing_billed": one.missing_billed,
    }


def _stands_out(row: Row) -> bool:
    return bool(row["apart"] or row["missing_live"] or row["missing_billed"])


def _kwh(energy_wh: Decimal | None) -> float | None:
    return None if energy_wh is None else float(energy_wh / 1000)


def _cell(value: object) -> object:
    return f"{value:,.2f}" if isinstance(value, float) else value
