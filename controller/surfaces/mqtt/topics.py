"""The topics of a site. The authority is in the topic, so that the broker's ACL decides who may
speak for whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

LONGEST_REPLY_TOPIC = 200


class Inlet(StrEnum):
    """What an authority may send; the word in the topic."""

    DISPATCH = "dispatch"
    PLAIN = "plain"


@dataclass(frozen=True)
class Topics:
    """`prefix` and `site` hold no sign that MQTT gives a meaning to."""

    prefix: str
    site: str

    @property
    def root(self) -> str:
        return f"{self.prefix}/{self.site}"

    @property
    def status(self) -> str:
        return f"{self.root}/status"

    @property
    def state(self) -> str:
        return f"{self.root}/state"

    @property
    def plan(self) -> str:
        return f"{self.root}/plan"

    def progress(self, dispatch: str) -> str:
        """Of a dispatch, its id percent-encoded: ids may hold `/`, `+` and `#`."""
        return f"{self.root}/dispatches/{quote(dispatch, safe='')}"

    def inlet(self, inlet: Inlet, authority: str) -> str:
        return f"{self.root}/{inlet}/{authority}"

    def receipt(self, authority: str) -> str:
        return f"{self.root}/receipt/{authority}"

    def error(self, authority: str) -> str:
        return f"{self.root}/error/{authority}"

    def may_reply_to(self, topic: str, authority: str) -> bool:
        """Whether `topic` is below the authority's own place for replies."""
        begins = f"{self.root}/reply/{authority}/"
        return (
            topic.startswith(begins)
            and len(begins) < len(topic) <= LONGEST_REPLY_TOPIC
            and topic.isprintable()
            and not set(topic) & {"+", "#"}
        )
