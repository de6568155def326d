"""What every feed over MQTT has to be told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from controller.links.mqtt_settings import BrokerSettings
from controller.signals.polled.settings import JsonPath
from controller.signals.reading.json_paths import parse_path
from controller.signals.reading.local_times import ZoneName

Topic = Annotated[str, StringConstraints(pattern=r"^[^+#\x00]+$", max_length=500)]


class SubscribedSettings(BaseModel):
    """A topic of a broker."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    adapter: str
    broker: BrokerSettings = Field(
        description="The MQTT 5 broker: the same keys as `mqtt.broker` has."
    )
    topic: Topic = Field(description="One topic, without wildcards.")


class ValueSettings(SubscribedSettings):
    """One value in each message, alone or in a JSON document."""

    value: JsonPath | None = Field(
        None, description="Path of the value; left out: the message is the number itself."
    )
    at: JsonPath | None = Field(
        None,
        description=(
            "Path of the time at which it was measured; else its arrival. Without one a message "
            "that the broker kept for us is not used: its age is not known."
        ),
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        "iso8601", description="How that time is written."
    )
    zone: ZoneName = Field("UTC", description="Zone of a time that is written without an offset.")

    @field_validator("value", "at")
    @classmethod
    def _whole_path(cls, path: str | None) -> str | None:
        if path is not None:
            parse_path(path)
        return path
