"""`curtaild dispatches opt-out`: the penalty first, the act only at that penalty."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from controller.commands.asking import ask
from controller.commands.console import (
    Exit,
    UsageError,
    say,
    say_json,
    settings_of,
    with_config,
    with_json,
)
from controller.commands.person import send, with_token


def add(actions: _SubParsersAction[ArgumentParser]) -> None:
    parser = actions.add_parser("opt-out", help="show what not obeying one costs, or do it")
    parser.add_argument("dispatch", help="its id")
    with_config(parser)
    with_json(parser)
    parser.add_argument("--who", "--person", dest="who", metavar="NAME", help="who answers for it")
    parser.add_argument("--why", metavar="TEXT", help="why it is not obeyed")
    parser.add_argument(
        "--accept-penalty",
        type=_amount,
        metavar="AMOUNT",
        help="the penalty as it was shown; without it nothing is done",
    )
    with_token(parser)
    parser.set_defaults(act=_opt_out)


def _opt_out(args: Namespace) -> int:
    path = f"/api/v1/dispatches/{quote(args.dispatch, safe='')}/opt-out"
    settings = settings_of(args)
    if args.accept_penalty is None:
        shown = ask(settings.http, path)
        if args.json:
            say_json(shown)
        else:
            say(*_lines(shown))
        return Exit.OK
    if not args.who or not args.why:
        raise UsageError("--accept-penalty needs --who and --why: a person answers for it")
    body = {"person": args.who, "why": args.why, "penalty": str(args.accept_penalty)}
    done = send(args, settings.http, "POST", path, body)
    if args.json:
        say_json(done)
    else:
        say(f"{done['id']} is not obeyed any more. A newer version from its sender is.")
    return Exit.OK


def _lines(shown: dict[str, Any]) -> Iterator[str]:
    """The penalty and what it is made of."""
    currency, hours = shown["currency"], shown["hours"]
    if shown["penalty"] is None:
        yield f"{shown['id']} is open, so its whole penalty cannot be shown; nobody can opt out."
        yield f"Each hour costs {shown['per_hour']:.2f} {currency}."
        return
    yield f"Opting out of {shown['id']} costs {shown['penalty']:.2f} {currency}:"
    yield f"  for the dispatch  {shown['per_dispatch']:.2f}"
    if shown["per_mwh"]:
        power = f"{shown['not_shed_kw']:,.1f} kW not shed at {shown['per_mwh']} per MWh"
        yield f"  for power         {power}, {hours} h to {shown['until']}"
    if shown["stands_until"] is not None:
        yield f"That stands until {shown['stands_until']}; then it is another."
    yield f"Nothing was done. To opt out, add --accept-penalty {shown['penalty']:.2f}"


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ArgumentTypeError(f"{text!r} is not an amount like 1250.00") from error
    if not amount.is_finite() or amount < 0:
        raise ArgumentTypeError(f"{text!r} is not an amount like 1250.00")
    return amount
