"""What a person's word needs on the command line: who, why, until when, and a token."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from controller.commands.asking import tell
from controller.commands.console import UsageError, with_config, with_json
from controller.errors import PermanentError

if TYPE_CHECKING:
    from controller.surfaces.settings import HttpSettings

_DURATION = re.compile(r"(?:\d+[dhms])+")
_UNIT_S = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def with_person(parser: ArgumentParser, *, why: str) -> None:
    """The arguments of every word of a person; `why` is the help of --why."""
    with_config(parser)
    with_json(parser)
    parser.add_argument("--who", required=True, metavar="NAME", help="who answers for it")
    parser.add_argument("--why", required=True, metavar="TEXT", help=why)
    with_token(parser)


def with_token(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="an operator's token; default: of the first of http.operators",
    )


def with_expiry(parser: ArgumentParser) -> None:
    """It has to end by itself: nobody has to remember to lift it."""
    expiry = parser.add_mutually_exclusive_group(required=True)
    expiry.add_argument("--until", type=moment, metavar="TIME", help="site time, with zone")
    expiry.add_argument(
        "--for", type=duration_s, dest="for_s", metavar="TIME", help="such as 90m, 2h, 1h30m, 2d"
    )


def expiry(args: Namespace) -> dict[str, Any]:
    """As the daemon wants it: its clock counts, not this machine's."""
    if args.until is not None:
        return {"until": args.until.isoformat()}
    return {"for_s": args.for_s}


def moment(text: str) -> datetime:
    """A time of the command line, such as 2023-09-06T17:35:00Z."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a time like 2023-09-06T17:35:00Z") from error
    if at.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} needs a zone, for example {text}Z")
    return at


def duration_s(text: str) -> int:
    """Seconds of a time such as 2h, 90m or 1h30m."""
    if not _DURATION.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is not a time like 90m, 2h, 1h30m or 2d")
    parts = re.findall(r"(\d+)([dhms])", text)
    return sum(int(count) * _UNIT_S[unit] for count, unit in parts)


def send(args: Namespace, http: HttpSettings, method: str, path: str, body: dict[str, Any]) -> Any:
    """Tell the running daemon, with the operator's token.

    Raises:
        UsageError: there is no token to use.
        CurtaildError: nobody answers, or the daemon refuses.
    """
    return tell(http, method, path, body, token=_token(args, http))


def _token(args: Namespace, http: HttpSettings) -> str:
    from controller.surfaces.tokens import load_secrets

    if args.token_file is None and not http.operators:
        raise UsageError(
            "http.operators names nobody whose token could be used: add an operator there, "
            "with a file under http.tokens, or name a file with --token-file"
        )
    key, name = ("--token", "file") if args.token_file else ("http.tokens", http.operators[0])
    file = args.token_file or http.tokens[name]
    try:
        return load_secrets(http.model_copy(update={"tokens": {name: file}}), key=key)[name]
    except PermanentError as error:
        raise UsageError(str(error).replace("--token.file:", "--token-file")) from error
