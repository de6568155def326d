"""Which MQTT broker there is, and how it lets us in."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator


class BrokerSettings(BaseModel):
    """An MQTT 5 broker. Files of credentials are read again at every connection."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    host: Annotated[str, StringConstraints(pattern=r"^[^\s/]{1,253}$")]
    """Name or address; with TLS, as it stands in the broker's certificate."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8883
    """1883 is usual without TLS."""
    tls: bool = True
    """false is for a broker on this machine only."""
    ca_file: Path | None = None
    """The authority that signed the broker's certificate; left out: those the system trusts."""
    cert_file: Path | None = None
    """The certificate by which the broker knows us; with key_file."""
    key_file: Path | None = None
    """The key of cert_file, not encrypted."""
    username: Annotated[str, StringConstraints(max_length=200)] = ""
    """As whom the broker knows us; left out where it lets anybody in."""
    """Who we are to the broker; empty where it asks for no name."""
    password_file: Path | None = None
    """Holds the password of username, closed to other users."""
    keepalive_s: Annotated[int, Field(ge=5, le=300)] = 20
    """The longest silence; a broker that leaves a question open for so long counts as lost."""

    @model_validator(mode="after")
    def _fits_together(self) -> BrokerSettings:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        if self.password_file is not None and not self.username:
            raise ValueError("password_file needs a username")
        if not self.tls and (self.ca_file or self.cert_file):
            raise ValueError("ca_file and cert_file are for TLS: leave out tls: false")
        if not self.tls and not _is_this_machine(self.host):
            raise ValueError(
                "tls: false is for a broker on this machine: anybody on the way could read the "
                "password and send dispatches"
            )
        return self


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
