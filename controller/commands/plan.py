"""`curtaild plan`: what would be done now and why; nothing is sent."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from controller.commands.console import (
    Exit,
    logging_as,
    say,
    say_json,
    settings_of,
    table,
    with_config,
    with_json,
)

if TYPE_CHECKING:
    from controller.surfaces.api_models import PlanNow
    from controller.surfaces.api_parts import LimitNow

Section: TypeAlias = tuple[str, tuple[str, ...], Sequence[tuple[object, ...]]]
"""A title, the heads of the columns, and the rows."""

NAME = "plan"
HELP = "look once, decide, and print the plan with its reasons; send nothing"


def add(parser: ArgumentParser) -> None:
    with_config(parser)
    with_json(parser)


def run(args: Namespace) -> int:
    settings = settings_of(args)
    logging_as(settings)
    from controller.preview import plan_once
    from controller.surfaces.present.state import plan_now

    view = asyncio.run(plan_once(settings))
    plan = plan_now(view)
    if args.json:
        say_json(plan.model_dump(mode="json"))
    else:
        say(*lines(plan, settings.site.currency))
    return Exit.OK


def lines(plan: PlanNow, currency: str) -> Iterator[str]:
    """The plan for people."""
    price = plan.marginal_price_per_mwh
    shown = "unknown" if price is None else f"{price:,.2f} {currency}/MWh with adders"
    yield f"{plan.at.isoformat()}  {plan.mode.value}, price {shown}"
    yield (
        f"target {plan.target_kw:,.1f} kW of {plan.limit_kw:,.1f} kW allowed, "
        f"counted now {plan.expected_kw:,.1f} kW"
    )
    if plan.shortfall_kw:
        yield f"SHORTFALL: {plan.shortfall_kw:,.1f} kW that cannot be told anything"
    for title, head, rows in _sections(plan, currency):
        if rows:
            yield from ("", f"{title}:", *(f"  {line}" for line in table(head, rows)))


def _sections(plan: PlanNow, currency: str) -> Iterator[Section]:
    limits = [(o.scope, o.limit_kw, o.source, _why(o, currency), o.until) for o in plan.limits]
    yield "limits", ("scope", "kW", "source", "why", "until"), limits
    floors = [(o.scope, o.floor_kw, o.source, o.because.text) for o in plan.floors]
    yield "floors", ("scope", "kW", "source", "why"), floors
    groups = [
        (o.group, _counts(o.counts), o.power_kw, o.next_break_even_per_mwh, o.because.text)
        for o in plan.allocations
    ]
    below = f"next step breaks even at {currency}/MWh"
    yield "groups", ("group", "miners by level", "kW", below, "why no more"), groups
    yield "why", ("group", ""), [(name, o.sentence) for name, o in plan.explained.items()]
    commands = [(len(o.miners), o.level, o.because.text) for o in plan.commands]
    yield "commands, not sent", ("miners", "to", "why"), commands


def _why(limit: LimitNow, currency: str) -> str:
    if limit.surcharge_per_mwh is None:
        return limit.because.text
    return f"{limit.because.text}; weighed, at {limit.surcharge_per_mwh} {currency}/MWh beyond it"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {level}" for level, count in sorted(counts.items()))
