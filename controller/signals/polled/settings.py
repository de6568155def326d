"""What every feed that is fetched from the web has to be told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from controller.signals.polled.secrets import sealed
from controller.signals.reading.json_paths import parse_path

_OURS = {"host", "connection", "content-length", "content-type", "transfer-encoding"}
_OURS |= {"accept-encoding", "if-none-match", "if-modified-since", "range", "upgrade", "expect"}
_SECRET = re.compile(r"authorization|key|token|secret|cookie|password", re.IGNORECASE)


def _an_address(url: str) -> str:
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


Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_an_address)]
"""Of a document or a server. It is recorded: no secret may stand in it."""
HeaderName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)
]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[ -~]*$", max_length=1000)]
JsonPath = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PolledSettings(BaseModel):
    """What is sent with each request, how often, and how much is taken in what time."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )
    unverified: ClassVar[str] = ""
    """What of the format was written without a recording; empty: nothing."""

    adapter: str
    headers: dict[HeaderName, HeaderValue] = Field(
        default_factory=dict, description="Headers that are sent as written."
    )
    header_files: dict[HeaderName, Path] = Field(
        default_factory=dict,
        description="Headers whose whole value, a key, stands in a file (chmod 600).",
    )
    query_files: dict[HeaderName, Path] = Field(
        default_factory=dict,
        description="Parameters of the query whose value, a key, stands in a file (chmod 600).",
    )
    basic_file: Path | None = Field(
        None,
        description=(
            "File with `name:password` for HTTP's basic authentication (chmod 600), such as the "
            "cookie of a Bitcoin node."
        ),
    )
    ca_file: Path | None = Field(
        None, description="Certificates (PEM) to trust instead of the system's."
    )
    timeout_s: float = Field(
        10.0, gt=0, le=60, description="Real seconds that a request may take, to its last byte."
    )
    reply_limit_bytes: int = Field(
        1_048_576,
        ge=1024,
        le=67_108_864,
        description="The longest answer, before and after decompression.",
    )
    poll_s: float = Field(
        300.0, ge=1, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    cadence_s: float | None = Field(
        None,
        gt=0,
        le=864_000,
        description=(
            "How often the source says something new; the feed counts as late when it has been "
            "silent for twice as long and a poll. Left out: it is never late."
        ),
    )

    @property
    def secret_query(self) -> Mapping[str, Path]:
        """Parameters of the query whose value stands in a file, by name."""
        return self.query_files

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it asks: by these it is known whom the feed may speak with."""
        return tuple(_addresses(self))

    @field_validator("headers")
    @classmethod
    def _no_secret(cls, headers: dict[str, str]) -> dict[str, str]:
        for name in headers:
            if _SECRET.search(name):
                raise ValueError(f"{name} looks like a secret: put it into a file of header_files")
        return headers

    @model_validator(mode="after")
    def _sound_headers(self) -> PolledSettings:
        basic = ["authorization"] if self.basic_file else []
        names = [*basic, *(name.lower() for name in (*self.headers, *self.header_files))]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"the header {twice[0]} is given twice")
        if ours := sorted(_OURS.intersection(names)):
            raise ValueError(f"the header {ours[0]} is set by curtaild")
        secrets = {
            "header_files": self.header_files,
            "query_files": self.secret_query,
            "basic_file": self.basic_file,
        }
        where = next((name for name, files in secrets.items() if files), None)
        if where and not all(sealed(url) for url in self.addresses):
            raise ValueError(f"{where} over http would be sent in clear: use https")
        return self


class HttpSourceSettings(PolledSettings):
    """A JSON document at one address."""

    url: Address = Field(
        description="Address of the document. What stands in it is no secret: it is recorded.",
    )
    expect: dict[JsonPath, str] = Field(
        default_factory=dict,
        description="Paths and what has to stand there, such as `$.currency: EUR`.",
    )

    @field_validator("expect")
    @classmethod
    def _whole_paths(cls, expect: dict[str, str]) -> dict[str, str]:
        for path in expect:
            parse_path(path)
        return expect


def _addresses(settings: BaseModel) -> Iterator[str]:
    """Every setting that is called `url` or ends so."""
    for name, value in settings:
        if (name == "url" or name.endswith("_url")) and isinstance(value, str):
            yield value
