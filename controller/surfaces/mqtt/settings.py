"""Settings of the MQTT surface."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from controller.links.mqtt_settings import BrokerSettings

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]


class PlainSettings(BaseModel):
    """What the plain payload `{"target": ..., "timestamp": ...}` of an authority means."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    program: Name
    """The program that it is a dispatch under; it belongs to the authority."""
    reference: Name | None = None
    """The contracted reference of the program that `target` is per cent of; left out: 0 and 100
    only."""


class MqttSettings(BaseModel):
    """Where the broker is, and who may send dispatches through it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    broker: BrokerSettings
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = "curtaild"
    """Topics begin with the prefix and the site's id; the client id is made of both as well. A
    second daemon at the same broker needs a prefix of its own; a shadow has one: `-shadow` is added
    to this one."""
    authorities: tuple[Name, ...] = ()
    """Authorities that send dispatches, each on its own topic, which the broker's ACL keeps."""
    plain: dict[Name, PlainSettings] = Field(default_factory=dict)
    """Authorities that send the plain payload of fleet tools."""
    state_every_s: Annotated[float, Field(ge=0.2, le=3600, allow_inf_nan=False)] = 1.0
    """State, plan and progress are published at most once in so many seconds."""
    session_expiry_s: Annotated[int, Field(ge=0, le=30 * 86_400)] = 86_400
    """For how long the broker keeps what is sent to us while we are away."""

    @model_validator(mode="after")
    def _each_once(self) -> MqttSettings:
        if len(set(self.authorities)) != len(self.authorities):
            raise ValueError("authorities: one stands there twice")
        return self

    def of_shadow(self) -> MqttSettings:
        """With topics and a client id of its own: a shadow takes no dispatch away from the daemon
        in control, and gives nobody a receipt for what nobody will do."""
        return self.model_copy(update={"prefix": f"{self.prefix}-shadow"})

    @property
    def senders(self) -> frozenset[str]:
        """Every authority that may send something."""
        return frozenset(self.authorities) | self.plain.keys()
