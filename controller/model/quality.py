"""Staleness as a type: whoever reads an observation has to say what happens when it is old."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeAlias, TypeVar

from controller.model.base import Model

T = TypeVar("T")


class Fresh(Model, Generic[T], frozen=True, kw_only=True, tag="fresh"):
    """A value that may be acted upon."""

    value: T
    at: datetime
    """When it was measured, or from when it holds."""
    until: datetime | None = None
    """To when it holds, where its source says so."""


class Stale(Model, Generic[T], frozen=True, kw_only=True, tag="stale"):
    """The last value known, too old to start anything on."""

    value: T
    at: datetime


class Missing(Model, frozen=True, kw_only=True, tag="missing"):
    """Nothing usable has ever been heard, or what should hold now was not said."""

    why: str


Observed: TypeAlias = Fresh[T] | Stale[T] | Missing


class Disagreement(Model, frozen=True, kw_only=True):
    """Two feeds that both speak now, and say what cannot both be."""

    about: str
    """`price` or `hashprice`."""
    acted_upon: str
    """The feed that comes first in the order of trust."""
    other: str
    value: Decimal
    other_value: Decimal
