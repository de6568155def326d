"""`curtaild ledger demand`: each month's highest demand beside the power that is reserved."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from controller.commands.console import Exit, say, say_json, settings_of, table
from controller.commands.metered import intervals_of, with_span
from controller.errors import PermanentError

if TYPE_CHECKING:
    from controller.core.books.demand import Demand

_HEAD = (
    "month",
    "hours",
    "reserved kW",
    "highest kW",
    "at",
    "charge",
    "excess kW",
    "penalty",
    "unknown",
)


def add(actions: _SubParsersAction[ArgumentParser]) -> None:
    """To the actions of `ledger`."""
    parser = actions.add_parser("demand", help="highest demand beside the power that is reserved")
    with_span(parser)
    parser.set_defaults(act=_demand)


def _demand(args: Namespace) -> int:
    from controller.config.site import to_site
    from controller.core.books.demand import demands

    settings = settings_of(args)
    site = to_site(settings)
    if settings.tariff is None or not site.reserved:
        raise PermanentError("tariff.reserved: is missing: say there what power is reserved")
    zone = ZoneInfo(site.zone)
    clocked = (
        (one, one.start.astimezone(zone).replace(tzinfo=UTC))
        for one in intervals_of(args, settings)
    )
    rows = [_row(one) for one in demands(clocked, site.reserved, settings.tariff.demand_minutes)]
    if args.json:
        say_json(rows)
    else:
        say(*table(_HEAD, [[_cell(value) for value in row.values()] for row in rows]))
    return Exit.OK


def _row(one: Demand) -> dict[str, Any]:
    return {
        "month": one.month,
        "hours": one.hours,
        "reserved_kw": float(one.reserved_kw),
        "highest_kw": None if one.highest_kw is None else round(float(one.highest_kw), 3),
        "at": None if one.at is None else f"{one.at:%Y-%m-%dT%H:%MZ}",
        "charge": float(one.charge),
        "excess_kw": round(float(one.excess_kw), 3),
        "penalty": round(float(one.penalty), 2),
        "unknown": one.unknown,
    }


def _cell(value: object) -> object:
    if value is None:
        return "-"
    return f"{value:,.2f}" if isinstance(value, float) else value
