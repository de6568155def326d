"""Parts of what a decision remembers: what a meter came to, and whose income has stopped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.model.base import Model


class Balance(Model, frozen=True, kw_only=True):
    """What a meter and the miners behind it came to when nothing was under way there."""

    unexplained_w: int
    """What the meter showed beyond what the miners counted with; negative where it showed less."""
    meter_w: int
    own_w: int
    """By the miners' own word, and the standby of those that report no watts."""
    nameplate_w: Mapping[str, int]
    """By group and curve: nominal power of the running miners that report no watts."""
    clean: bool = True
    """Nothing was left unproven, so that the next step can be measured against it."""


class Unpaid(Model, frozen=True, kw_only=True):
    """A group none of whose shares is accepted any more."""

    since: datetime
    """The last share that was accepted, or from when on one was due."""
    due: datetime | None = None
    """A later share brings the income back; None while nobody runs there."""
