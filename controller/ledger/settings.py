"""The section `ledger` of the configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LedgerSettings(BaseModel):
    """The database lies in the state directory, as `ledger.sqlite`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["sqlite"] = Field("sqlite", description="How the books are kept.")
