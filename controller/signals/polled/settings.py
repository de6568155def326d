"""A JSON document on the web, as every feed that fetches one has to be told of it."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from controller.errors import TemporaryError
from controller.links.secret_file import read_secret
from controller.signals.reading.json_paths import parse_path

_OURS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}
_OURS |= {"if-none-match", "if-modified-since", "range", "upgrade", "expect"}
_SECRET = re.compile(r"authorization|key|token|secret|cookie|password", re.IGNORECASE)

HeaderName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)
]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[ -~]*$", max_length=1000)]
JsonPath = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class HttpSourceSettings(BaseModel):
    """Where the document is, what is sent for it, and how much of it in what time."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    adapter: str
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
    timeout_s: float = Field(
        10.0, gt=0, le=60, description="Real seconds that a request may take, to its last byte."
    )
    reply_limit_bytes: int = Field(
        1_048_576,
        ge=1024,
        le=8_388_608,
        description="The longest answer, before and after decompression.",
    )
    expect: dict[JsonPath, str] = Field(
        default_factory=dict,
        description="Paths and what has to stand there, such as `$.currency: EUR`.",
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
    def _sound_headers(self) -> HttpSourceSettings:
        names = [name.lower() for name in (*self.headers, *self.header_files)]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"the header {twice[0]} is given twice")
        if ours := sorted(_OURS.intersection(names)):
            raise ValueError(f"the header {ours[0]} is set by curtaild")
        if self.header_files and not _sealed(self.url):
            raise ValueError("header_files over http would be sent in clear: use https in url")
        return self


def secrets_of(feed: str, files: Mapping[str, Path]) -> dict[str, str]:
    """By header. Read anew each time, so that a key can be changed while the daemon runs.

    Raises:
        TemporaryError: naming the file that cannot be used.
    """
    secrets = {}
    for header, path in files.items():
        try:
            secrets[header] = read_secret(path)
        except ValueError as error:
            where = f"feeds.{feed}.header_files.{header}"
            raise TemporaryError(f"{where}: {error}") from error
    return secrets


def trust(ca_file: Path | None) -> ssl.SSLContext | None:
    """None: the system's authorities."""
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        why = f"ca_file: {ca_file} cannot be used: it has to hold certificates as PEM"
        raise TemporaryError(why) from error


def _sealed(url: str) -> bool:
    """Nobody outside the site can listen: TLS, or an address of the local network."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_private
    except ValueError:
        return parts.hostname == "localhost"
