"""The running daemon's miners, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from controller.commands.asking import ask

if TYPE_CHECKING:
    from controller.surfaces.settings import HttpSettings


def pages_of(http: HttpSettings) -> Iterator[dict[str, Any]]:
    """As the API gives them: miners by name, and their curves.

    Raises:
        UnreachableError: no daemon answers.
    """
    after: str | None = ""
    while after is not None:
        page = ask(http, f"/api/v1/miners?after={quote(after, safe='')}")
        yield page
        after = page["next_after"]


def miners_of(http: HttpSettings) -> Iterator[dict[str, Any]]:
    """By name, as the API gives them.

    Raises:
        UnreachableError: no daemon answers.
    """
    for page in pages_of(http):
        yield from page["miners"]
