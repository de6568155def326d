"""How an aggregator signs what it pushes, and how its words become a dispatch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

HeaderName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)
]
BodyPath = Annotated[str, StringConstraints(pattern=r"^[^.]+(\.[^.]+)*$", max_length=200)]


class MappedSettings(BaseModel):
    """Where the parts of a dispatch stand in the aggregator's own body. Paths are keys with dots
    between them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    program: str = Field(min_length=1, description="The program that it is a dispatch of.")
    id: BodyPath = Field(description="Path of its id: text, or a whole number.")
    version: BodyPath = Field(description="Path of its version: a whole number that rises.")
    issued_at: BodyPath = Field(description="Path of the time at which it was issued.")
    start: BodyPath | None = Field(None, description="Path of its start; left out: at issue.")
    end: BodyPath | None = Field(None, description="Path of its end; left out: it is open.")
    kw: BodyPath = Field(description="Path of the kW that it names.")
    kind: Literal["reduce_to_kw", "reduce_by_kw"] = Field(
        "reduce_to_kw", description="What the kW mean."
    )
    reference: str | None = Field(
        None, description="Of `reduce_by_kw`: the program's reference that it is counted from."
    )
    state: BodyPath | None = Field(None, description="Path of a word on its state.")
    cancelled: tuple[str, ...] = Field((), description="The words that say that it is cancelled.")
    time_format: Literal["iso8601", "unix_s"] = Field(
        "iso8601", description="How times are written."
    )

    @model_validator(mode="after")
    def _whole(self) -> MappedSettings:
        if (self.kind == "reduce_by_kw") != (self.reference is not None):
            raise ValueError("reduce_by_kw and reference go together")
        if (self.state is None) != (not self.cancelled):
            raise ValueError("state and cancelled go together")
        return self


class WebhookSettings(BaseModel):
    """One sender. Its signature is HMAC-SHA256 (RFC 2104) with a secret that both know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authority: str = Field(min_length=1, description="Whose dispatches it sends, as in `programs`.")
    secret_file: Path = Field(description="File with the secret, chmod 600.")
    previous_secret_file: Path | None = Field(
        None, description="While secrets are being changed: the one that is still taken too."
    )
    signature_header: HeaderName = Field("X-Signature", description="Header with the signature.")
    signature_prefix: str = Field(
        "", max_length=20, description="What stands before it, such as `sha256=`."
    )
    encoding: Literal["hex", "base64"] = Field("hex", description="How it is written.")
    timestamp_header: HeaderName = Field(
        "X-Timestamp",
        description="Header with the Unix time in seconds, which is signed with the body.",
    )
    separator: str = Field(
        ".", max_length=2, description="What stands between the time and the body where it signs."
    )
    window_s: int = Field(
        300,
        ge=10,
        le=3600,
        description="How far that time may lie from ours: older deliveries are replayed ones.",
    )
    mapped: MappedSettings | None = Field(
        None, description="Left out: the body is a dispatch as `POST /api/v1/dispatches` takes it."
    )
