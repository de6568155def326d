"""The revenue meter beside our own: what is sent, what became of it, and how it stands."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from pydantic import Base64Encoder, EncodedBytes
from pydantic_core import PydanticCustomError

from controller.surfaces.api_parts import Served
from controller.surfaces.api_requests import Person, Sent, Words


class _Strict(Base64Encoder):
    """pydantic's own passes over what is not base64."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        try:
            return base64.b64decode(data, validate=True)
        except binascii.Error as error:
            raise PydanticCustomError("base64", "is not base64") from error


class RevenueFileSent(Sent):
    """A CSV file of the revenue meter, written as the section `revenue_meter` says."""

    person: Person
    """Who brings it."""
    name: Words
    """Of the file, for the books."""
    content: Annotated[bytes, EncodedBytes(encoder=_Strict)]
    """Its bytes, in base64; at most 8 MiB of them."""
    insist: bool = False
    """Record it in spite of what makes it doubtful; that is recorded too."""
    only_look: bool = False
    """Say what it would come to, and record nothing."""


class ComparisonShown(Served):
    """Our meter beside the revenue meter, where both cover a span of time. Differences are ours
    less theirs."""

    start: datetime | None
    end: datetime | None
    spans: int
    """Of the longer interval of the two."""
    live_kwh: float
    billed_kwh: float
    difference_kwh: float
    difference_percent: float | None
    """Of what the revenue meter counted; null where that is nothing."""
    apart: int
    """Spans that differ by more than the tolerance."""
    missing_live: int
    """Spans that our books do not cover."""
    missing_billed: int
    """Spans that the revenue meter does not cover."""
    worst_at: datetime | None
    worst_kwh: float


class RevenueFileTaken(Served):
    """What became of a file. All of it is on disk, or nothing."""

    sha256: str
    recorded: bool
    """false: nothing in it was new, or it was only looked at."""
    start: datetime
    end: datetime
    read: int
    """Intervals in it."""
    gaps: int
    """Intervals between the first and the last that are not in it."""
    blank: int
    """Rows without an energy."""
    others: int
    """Rows of another meter or direction."""
    new: int
    revised: int
    """Intervals whose earlier import it restates."""
    older: int
    """Intervals of which a later revision is known; they are left."""
    restated: int
    """Settlement intervals that have another energy to pay by it."""
    doubts: list[str]
    """What was insisted upon, or would have to be."""
    difference: ComparisonShown


class RevenueMeterNow(Served):
    """The last file of the revenue meter that was imported."""

    at: datetime
    person: str
    file: str
    difference: ComparisonShown
