"""What answers say of how far power could be moved, of what informs of it, and of what stands in
its way; units as in `api_models`."""

from __future__ import annotations

from datetime import datetime

from controller.surfaces.api_parts import Quality, Reading, Served


class DeliverableNow(Served):
    """How far the site's power could be moved within a time, from what runs now."""

    within_s: int
    shed_kw: float
    add_kw: float
    """Under all limits, and at the pace that they and comfort leave."""
    shed_confidence: float
    """From 0 to 1: how sure the record of earlier commands makes it."""
    add_confidence: float


class DemandNow(Served):
    """A program asks more than the site has been measured to do."""

    program: str
    asked_kw: float
    within_s: int
    measured_kw: float


class SignalNow(Served):
    """What a limit or a floor follows, in the unit of its rule."""

    name: str
    reading: Reading
    response_s: float | None = None
    """How long after it was measured miners were last told what follows from it; null: they never
    were."""
    worst_response_s: float | None = None
    """The longest since the process began."""


class ConditionNow(Served):
    """What the grid says of itself in public. It informs and never orders."""

    name: str
    quality: Quality
    says: str
    """The last word known, or why there is none."""
    at: datetime | None


class ContestedNow(Served):
    """A miner that somebody else keeps waking: it counts in full, and others take its place."""

    miner: str
    until: datetime
    """Until when it is told nothing."""
