"""Whom the daemon may ask for documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from controller.config.section import Section

HostName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9.:_-]+$", max_length=253, to_lower=True),
]


class OutboundSettings(Section):
    """One list for every feed that is fetched."""

    hosts: list[HostName] | None = Field(None, min_length=1)
    """The only hosts that feeds may ask, by name or address, without ports. Left out: each may ask
    those that stand in its own settings, and no others."""
