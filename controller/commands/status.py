"""`curtaild status`: what the running daemon sees and does."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from controller.commands.asking import ask
from controller.commands.console import (
    Exit,
    say,
    say_json,
    settings_of,
    table,
    with_config,
    with_json,
)

NAME = "status"
HELP = "ask the running daemon how the site stands"


def add(parser: ArgumentParser) -> None:
    with_config(parser)
    with_json(parser)


def run(args: Namespace) -> int:
    state = ask(settings_of(args).http, "/api/v1/state")
    if args.json:
        say_json(state)
    else:
        say(*lines(state))
    return Exit.OK


def lines(state: dict[str, Any]) -> Iterator[str]:
    """The state, as the API gives it, for people."""
    site, currency = state["site"], state["site"]["currency"]
    shadow = ", in shadow: nothing is sent" if state["shadow"] else ""
    yield f"{site['id']} at {state['at']}: {state['mode']}{shadow}"
    yield f"power      {_reading(state['power_kw'])} kW"
    yield f"target     {state['target_kw']:,.1f} kW"
    yield f"limit      {_limit(state)}"
    yield f"price      {_reading(state['price_per_mwh'])} {currency}/MWh"
    yield f"hashprice  {_reading(state['hashprice_per_ph_day'])} {currency}/PH/s/day"
    yield ""
    rows = [
        (g["id"], g["reported_kw"], g["target_kw"], g["limit_kw"], g["miners"], g["moving"])
        for g in state["groups"]
    ]
    yield from table(("group", "kW", "target kW", "limit kW", "miners", "moving"), rows)
    for group in state["groups"]:
        if group["explained"]:
            yield f"{group['id']}: {group['explained']['sentence']}"
    for dispatch in state["dispatches"]:
        until = dispatch["end"] or "further notice"
        yield f"dispatch {dispatch['id']}: {asked(dispatch)}, {when(dispatch)}, until {until}"
    for recalled in state["recalled"]:
        recall = recalled["recall"]
        word = f"{recall['person']} on the word of {recall['authority']}, {recall['reference']}"
        yield f"dispatch {recalled['id']}: ended by recall at {recall['at']}: {word}"
    for order in state["orders"]:
        yield f"order {order['id']}: {order_text(order)}"
    for lock in state["locks"]:
        yield f"lock: {lock['place']}, by {lock['person']} since {lock['since']}: {lock['why']}"
    for matter in state["attention"]:
        yield f"{matter['severity']}: {matter['about']}: {matter['text']}"


def order_text(order: dict[str, Any]) -> str:
    """An order, as the API gives it, for people."""
    who = f"by {order['person']} until {order['until']}"
    return f"{order['scope']} {_ordered(order)}, {who}: {order['why']}"


def _ordered(order: dict[str, Any]) -> str:
    if order["hold"]:
        return "held: nothing starts or stops for money"
    if order["floor_kw"] is not None:
        return f"at least {order['floor_kw']:,.1f} kW"
    if order["limit_kw"] is not None:
        at_once = ", as an emergency" if order["emergency"] else ""
        return f"at most {order['limit_kw']:,.1f} kW{at_once}"
    return "stopped" if order["level"] == "off" else f"at most level {order['level']}"


def asked(dispatch: dict[str, Any]) -> str:
    """What a dispatch asks for."""
    if dispatch["limit_kw"] is None:
        return "nothing"
    floor = "" if dispatch["floor_kw"] is None else f", at least {dispatch['floor_kw']:,.1f} kW"
    return f"{dispatch['limit_kw']:,.1f} kW{floor}"


def when(dispatch: dict[str, Any]) -> str:
    """How a dispatch that is not over stands."""
    if (out := dispatch["opted_out"]) is not None:
        return f"not obeyed: {out['person']} opted out at {out['at']} ({out['why']})"
    return "in force" if dispatch["in_force"] else f"from {dispatch['start']}"


def _reading(reading: dict[str, Any]) -> str:
    if reading["value"] is None:
        return f"unknown ({reading['why']})"
    stale = " (stale)" if reading["quality"] == "stale" else ""
    return f"{reading['value']:,.2f}{stale}"


def _limit(state: dict[str, Any]) -> str:
    limit = state["limit"]
    because = f": {limit['because']['text']}" if limit else ""
    return f"{state['limit_kw']:,.1f} kW{because}"
