"""What is particular to a source on the web: what to ask for, and what the answers say.

All else, from the deadline to the last good answer on disk, is the same for every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from controller.model.samples import Sample

JSON = "application/json"


@dataclass(frozen=True)
class Ask:
    """A request. No secret stands in it: those are added where it is sent."""

    url: str
    accept: str = JSON
    body: bytes | None = field(default=None, repr=False)
    """Sent by POST, as JSON; None: a GET."""
    listing: bool = False
    """Its answer names other documents, which are asked for next."""
    lasting: bool = False
    """What stands there never changes: it is fetched once."""
    nothing: frozenset[int] = frozenset()
    """Statuses by which the source says that there is nothing yet: no error, and no samples."""
    secret: bool = True
    """Whether the keys of the feed are sent with it."""
    part: bool = False
    """Whether its answer says something only together with others: it is kept all the same."""
    name: str = ""
    """What its answer replaces the one before under, though it was asked for in other words; empty:
    only the same ask replaces it."""
    published_at: datetime | None = None
    """Where its listing says when it was published; None: its answer says so."""


@dataclass(frozen=True)
class Page:
    """What was answered to an ask."""

    ask: Ask
    body: bytes = field(repr=False)
    published_at: datetime
    """Aware UTC: what the listing says, else Last-Modified, where that is not after the fetch; else
    the fetch."""
    asked_at: datetime
    """When the source was last asked and gave this, or said that it has not changed."""
    content_type: str = ""
    """As the server called it, for messages."""


class Source(Protocol):
    """Pure but for what it has to remember between two answers. Its `read` runs in a thread."""

    def asks(self, now: datetime, /) -> Sequence[Ask]:
        """What to ask for at this moment, in the order in which the answers are read."""

    def listed(self, page: Page, now: datetime, /) -> Sequence[Ask]:
        """Of the answer to a listing: the documents that are of use now.

        Raises:
            ValueError: it is no such listing; saying what is wrong.
        """

    def read(self, page: Page, /) -> Sequence[Sample]:
        """What a document says, values as they were written; none where the source says that
        there is nothing yet.

        Raises:
            ValueError: it is no such document; saying where it is wrong.
        """

    def over_at(self, sample: Sample, /) -> datetime | None:
        """When a sample says nothing of now any more; None: only its age tells."""


class Documents:
    """A source that names its documents itself, and whose samples only grow old."""

    def listed(self, _page: Page, _now: datetime, /) -> Sequence[Ask]:
        return ()

    def over_at(self, _sample: Sample, /) -> datetime | None:
        return None


class OneDocument(Documents):
    """A source that is one document at one address."""

    def __init__(self, url: str) -> None:
        self._asks = (Ask(url),)

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        return self._asks
