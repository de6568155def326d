"""`curtaild ledger work`: accepted work beside the hashes that revenue is reckoned by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from controller.commands.console import Exit, say, say_json, settings_of, table
from controller.commands.metered import intervals_of, with_span

if TYPE_CHECKING:
    from controller.core.books.work import Work

_HEAD = ("time", "expected PH", "accepted PH", "ratio", "foregone", "foregone as accepted")
_FORMS = {"day": "%Y-%m-%d", "month": "%Y-%m"}


def add(actions: _SubParsersAction[ArgumentParser]) -> None:
    """To the actions of `ledger`."""
    parser = actions.add_parser("work", help="accepted work beside what revenue is reckoned by")
    with_span(parser)
    parser.add_argument("--by", choices=tuple(_FORMS), default="day", help="default: day")
    parser.set_defaults(act=_work)


def _work(args: Namespace) -> int:
    from controller.core.books.work import work

    settings = settings_of(args)
    zone = ZoneInfo(settings.site.zone)
    intervals = intervals_of(args, settings)
    named = groupby(intervals, lambda one: f"{one.start.astimezone(zone):{_FORMS[args.by]}}")
    rows = [_row(name, work(each)) for name, each in named]
    if args.json:
        say_json(rows)
    else:
        say(*table(_HEAD, [[_cell(value) for value in row.values()] for row in rows]))
    return Exit.OK


def _row(name: str, one: Work) -> dict[str, Any]:
    checked = one.foregone_checked
    return {
        "time": name,
        "expected_ph": round(float(one.expected_th / 1000), 3),
        "accepted_ph": round(float(one.accepted_th / 1000), 3),
        "ratio": None if one.ratio is None else round(float(one.ratio), 4),
        "foregone_revenue": round(float(one.foregone_revenue), 2),
        "foregone_as_accepted": None if checked is None else round(float(checked), 2),
    }


def _cell(value: object) -> object:
    return f"{value:,.4g}" if isinstance(value, float) else value
