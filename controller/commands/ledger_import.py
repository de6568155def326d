"""`curtaild ledger import-meter`: a file of the revenue meter, by the daemon or in its absence."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace, _SubParsersAction
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from controller.errors import PermanentError
from controller.model.revenue_meter import RevenueUpload

if TYPE_CHECKING:
    from controller.config.compose import Settings

PATH = "/api/v1/revenue-meter/imports"


def add(actions: _SubParsersAction[ArgumentParser]) -> None:
    """To the actions of `ledger`."""
    parser = actions.add_parser("import-meter", help="import a CSV file of the revenue meter")
    parser.add_argument("file", type=Path, help="as the section revenue_meter describes it")
    with_config(parser)
    with_json(parser)
    parser.add_argument("--who", required=True, metavar="NAME", help="who answers for it")
    parser.add_argument("--force", action="store_true", help="record it although it is doubted")
    parser.add_argument("--dry-run", action="store_true", help="say what it comes to, no more")
    with_token(parser)
    parser.set_defaults(act=_import)


def _import(args: Namespace) -> int:
    from controller.ledger.lock import HeldError

    settings, upload = settings_of(args), _upload(args)
    try:
        taken = asyncio.run(_under_the_lock(settings, upload))
    except HeldError:
        taken = send(args, settings.http, "POST", PATH, _body(upload))
    if args.json:
        say_json(taken)
    else:
        say(*_lines(upload, taken))
    return Exit.OK


def _upload(args: Namespace) -> RevenueUpload:
    try:
        content = args.file.read_bytes()
    except OSError as error:
        raise UsageError(f"{args.file}: cannot be read: {error.strerror}") from error
    return RevenueUpload(
        name=args.file.name,
        content=content,
        person=args.who,
        insist=args.force,
        only_look=args.dry_run,
    )


def _body(upload: RevenueUpload) -> dict[str, Any]:
    return {
        "person": upload.person,
        "name": upload.name,
        "content": b64encode(upload.content).decode(),
        "insist": upload.insist,
        "only_look": upload.only_look,
    }


async def _under_the_lock(settings: Settings, upload: RevenueUpload) -> dict[str, Any]:
    """As the daemon would, while it does not run.

    Raises:
        HeldError: it does.
        CurtaildError: there are no books, or the file is not taken.
    """
    from controller.app.revenue import RevenueImporter
    from controller.clock import SiteClock
    from controller.surfaces.present.revenue import taken
    from controller.wiring import build_ledger, build_revenue_meter

    ledger = build_ledger(settings)
    if not ledger.path.is_file():
        raise PermanentError(f"{ledger.path}: there is no ledger here: run the daemon first")
    ledger.open()
    try:
        importer = RevenueImporter(
            build_revenue_meter(settings),
            ledger,
            SiteClock(settings.clock),
            lambda take: take(None),
        )
        return taken(await importer.bring(upload)).model_dump(mode="json")
    finally:
        await ledger.close()


def _lines(upload: RevenueUpload, taken: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{upload.name}: {taken['read']:,} intervals from {taken['start']} to {taken['end']}, "
        f"{taken['gaps']:,} missing between"
    )
    yield (
        f"{taken['new']:,} new, {taken['revised']:,} revised, {taken['older']:,} of an older "
        f"revision; {taken['blank']:,} rows without energy, {taken['others']:,} of others"
    )
    yield from (f"doubted: {doubt}" for doubt in taken["doubts"])
    yield from _beside(taken["difference"])
    if taken["recorded"]:
        yield f"Recorded; {taken['restated']:,} settlement intervals are restated."
    elif upload.only_look:
        yield f"Nothing was recorded; it would restate {taken['restated']:,} settlement intervals."
    else:
        yield "Nothing in it is new: nothing was recorded."


def _beside(one: dict[str, Any]) -> Iterator[str]:
    if one["spans"]:
        percent = one["difference_percent"]
        share = "" if percent is None else f" ({percent:+.2f} %)"
        yield (
            f"over {one['spans']:,} intervals ours {one['live_kwh']:,.1f} kWh, billed "
            f"{one['billed_kwh']:,.1f} kWh: {one['difference_kwh']:+,.1f} kWh{share}; "
            f"{one['apart']:,} apart, at most {one['worst_kwh']:+,.1f} kWh at {one['worst_at']}"
        )
    if one["missing_live"] or one["missing_billed"]:
        yield (
            f"{one['missing_live']:,} intervals are not in our books, "
            f"{one['missing_billed']:,} not in the revenue meter's"
        )
