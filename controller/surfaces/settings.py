"""Settings of the HTTP surface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from controller.surfaces.webhooks.settings import WebhookSettings

WebhookName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]


class HttpSettings(BaseModel):
    """Where to listen and whose tokens may write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8470, ge=0, le=65535, description="0 takes a free port.")
    hosts: tuple[str, ...] = Field(
        (), description="Further names in the Host header that are answered on loopback."
    )
    tokens: dict[str, Path] = Field(
        default_factory=dict,
        description="By authority: the file that holds its secret, closed to other users.",
    )
    operators: tuple[str, ...] = Field(
        (), description="Authorities that may set manual orders and maintenance locks."
    )

    webhooks: dict[WebhookName, WebhookSettings] = Field(
        default_factory=dict,
        description="By name: who pushes signed dispatches to `/api/v1/webhooks/NAME`.",
    )

    @model_validator(mode="after")
    def _operators_have_tokens(self) -> HttpSettings:
        for name in self.operators:
            if name not in self.tokens:
                raise ValueError(f"operators: {name!r} has no entry in tokens: add its file there")
        return self
