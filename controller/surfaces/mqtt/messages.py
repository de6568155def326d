"""What is said over MQTT and nowhere else. The rest are the API's answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict

from controller.surfaces.api_parts import DispatchNow, Reading, Served


class Online(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"


class Status(Served):
    """Retained. `offline` is the last will: the broker says it when the connection is gone."""

    status: Online


class Answer(Served):
    """What every answer to a dispatch has."""

    at: datetime
    """The site's time, for who wants to set a clock by it."""


class ReceiptSent(Answer):
    """The dispatch is on disk and will be obeyed."""

    received: Literal[True] = True
    id: str
    version: int
    limit_kw: float | None
    """What the target comes to; null when the dispatch was cancelled, asks for nothing, or somebody
    opted out of it."""
    repeated: bool
    """The same had been received before."""


class ErrorSent(Answer):
    """Nothing was taken over from a message."""

    received: Literal[False] = False
    id: str | None = None
    """null or empty where the message could not be read so far."""
    version: int | None = None
    code: str
    problem: str
    """Why not, and what to do."""


class Phase(StrEnum):
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    OPTED_OUT = "opted_out"
    """A person of the site decided not to obey this version: `opted_out` says who."""
    OVER = "over"


class Ending(StrEnum):
    ENDED = "ended"
    """Its end has come."""
    CANCELLED = "cancelled"
    """By a newer version, or by voice: then `recall` says by whom."""


class DispatchProgress(DispatchNow):
    """How far the site has followed a dispatch. Retained, the last time when it is over."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    at: datetime
    """Site time of the decision."""
    phase: Phase
    ended: Ending | None = None
    """How it came to be over."""
    power_kw: Reading | None = None
    """The site's meter, while the dispatch is in force."""
    reached_since: datetime | None = None
    """Since when the meter has shown no more than the limit, as far as this process has seen;
    null while it shows more, and before."""
