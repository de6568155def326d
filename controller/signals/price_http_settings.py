"""What a JSON price feed over HTTP has to be told."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from controller.signals.json_paths import parse_path

UNITS = {"per_mwh": Decimal(1), "per_kwh": Decimal(1000), "cents_per_kwh": Decimal(10)}
"""What a price is multiplied with to be per MWh."""

_OURS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}
_OURS |= {"if-none-match", "if-modified-since", "range", "upgrade", "expect"}
_SECRET = re.compile(r"authorization|key|token|secret|cookie|password", re.IGNORECASE)

HeaderName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)
]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[ -~]*$", max_length=1000)]
JsonPath = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PriceHttpSettings(BaseModel):
    """Prices from a JSON document that is fetched again and again."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    adapter: Literal["price_http"]
    url: str = Field(
        max_length=2000,
        description="Address of the document. What stands in it is no secret: it is recorded.",
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default_factory=dict, description="Headers that are sent as written."
    )
    header_files: dict[HeaderName, Path] = Field(
        default_factory=dict,
        description="Headers whose whole value, a key, stands in a file (chmod 600).",
    )
    ca_file: Path | None = Field(
        None, description="Certificates (PEM) to trust instead of the system's."
    )
    poll_s: float = Field(
        300.0, ge=5, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    timeout_s: float = Field(
        10.0, gt=0, le=60, description="Real seconds that a request may take, to its last byte."
    )
    reply_limit_bytes: int = Field(
        1_048_576,
        ge=1024,
        le=8_388_608,
        description="The longest answer, before and after decompression.",
    )
    rows: JsonPath = Field(
        description="Path of the list of prices, or of a single one; `$` is the whole document."
    )
    start: JsonPath = Field(description="Path of an interval's start, from its row.")
    end: JsonPath | None = Field(None, description="Path of its end; or give `interval_minutes`.")
    interval_minutes: int | None = Field(
        None, ge=1, le=1440, description="Length of every interval, where no end is written."
    )
    price: JsonPath = Field(description="Path of the price, from its row.")
    published_at: JsonPath | None = Field(
        None, description="Path of the time of publication; else Last-Modified, else the fetch."
    )
    known_at: Literal["start", "end"] = Field(
        "start",
        description=(
            "`start`: a price holds in its interval. `end`: it is settled only when its interval "
            "is over, and stands for the interval after it."
        ),
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        "iso8601", description="How times are written."
    )
    zone: str = Field("UTC", description="Zone of times that are written without an offset.")
    unit: Literal["per_mwh", "per_kwh", "cents_per_kwh"] = Field(
        "per_mwh", description="What the price is for, in the site's currency."
    )
    factor: Decimal = Field(
        Decimal(1), gt=0, le=1_000_000, description="Multiplies every price: tax, rate of exchange."
    )
    expect: dict[JsonPath, str] = Field(
        default_factory=dict,
        description="Paths and what has to stand there, such as `$.currency: EUR`.",
    )
    zero: Literal["confirm", "accept", "refuse"] = Field(
        "confirm",
        description=(
            "What is made of a price of exactly 0: `confirm` believes it only near in time to a "
            "price that is near to 0, `accept` always, `refuse` never."
        ),
    )
    zero_near_per_mwh: Decimal = Field(
        Decimal(10), ge=0, description="`confirm`: how near to 0 the other price has to be."
    )
    zero_within_minutes: int = Field(
        180, ge=1, le=1440, description="`confirm`: how near in time it has to be."
    )

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        if not sound or not re.fullmatch(r"[!-~]+", url):
            raise ValueError("must be an address like https://prices.example/today.json")
        if parts.username or parts.password:
            raise ValueError("must hold no user and password: put the header into header_files")
        return url

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{zone!r} is not a time zone; write it like Europe/Oslo") from None
        return zone

    @field_validator("rows", "start", "end", "price", "published_at")
    @classmethod
    def _whole_path(cls, path: str | None) -> str | None:
        if path is not None:
            parse_path(path)
        return path

    @field_validator("expect")
    @classmethod
    def _whole_paths(cls, expect: dict[str, str]) -> dict[str, str]:
        for path in expect:
            parse_path(path)
        return expect

    @field_validator("headers")
    @classmethod
    def _no_secret(cls, headers: dict[str, str]) -> dict[str, str]:
        for name in headers:
            if _SECRET.search(name):
                raise ValueError(f"{name} looks like a secret: put it into a file of header_files")
        return headers

    @model_validator(mode="after")
    def _whole(self) -> PriceHttpSettings:
        if (self.end is None) == (self.interval_minutes is None):
            raise ValueError("give either end or interval_minutes")
        names = [name.lower() for name in (*self.headers, *self.header_files)]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"the header {twice[0]} is given twice")
        if ours := sorted(_OURS.intersection(names)):
            raise ValueError(f"the header {ours[0]} is set by curtaild")
        if self.header_files and not _sealed(self.url):
            raise ValueError("header_files over http would be sent in clear: use https in url")
        return self


def _sealed(url: str) -> bool:
    """Nobody outside the site can listen: TLS, or an address of the local network."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_private
    except ValueError:
        return parts.hostname == "localhost"
