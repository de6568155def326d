"""State, plan and progress as retained messages: what is new, and all of it once in a while."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from controller.links.mqtt import Outgoing
from controller.model.view import View
from controller.ports import Watch
from controller.surfaces.mqtt.messages import Phase
from controller.surfaces.mqtt.progress import FORGOTTEN_AFTER, Progress
from controller.surfaces.mqtt.topics import Topics
from controller.surfaces.present.state import plan_now, state

AGAIN_S = 60.0
"""After which time everything is published again: a reader can tell silence from calm."""


class Telling:
    """What one connection has been told. A new connection is told everything."""

    def __init__(self, topics: Topics, watch: Watch, progress: Progress) -> None:
        self._topics = topics
        self._watch = watch
        self._progress = progress
        self._told: dict[str, str] = {}
        self._last: View | None = None
        self._again_at = 0.0

    def due(self, now_s: float) -> Iterator[Outgoing]:
        """What to publish at `now_s` of a clock that goes steadily."""
        view = self._watch.view()
        again = now_s >= self._again_at
        if view is None or (view is self._last and not again):
            return
        self._last = view
        if again:
            self._again_at = now_s + AGAIN_S
        yield from self._if_new(
            self._topics.state, state(view, alive=self._watch.alive()), again=again
        )
        yield from self._if_new(self._topics.plan, plan_now(view), again=again)
        yield from self._dispatches(view, again=again)

    def _dispatches(self, view: View, *, again: bool) -> Iterator[Outgoing]:
        expires_s = int(FORGOTTEN_AFTER.total_seconds())
        every = self._progress.look(view)
        for one in every:
            topic = self._topics.progress(one.id)
            repeat = again and one.phase is not Phase.OVER
            yield from self._if_new(topic, one, again=repeat, expires_s=expires_s)
        kept = {self._topics.progress(one.id) for one in every}
        kept |= {self._topics.state, self._topics.plan}
        self._told = {topic: said for topic, said in self._told.items() if topic in kept}

    def _if_new(
        self, topic: str, message: BaseModel, *, again: bool, expires_s: int | None = None
    ) -> Iterator[Outgoing]:
        """The moment alone is no news."""
        said = message.model_dump_json(exclude={"at"})
        if again or self._told.get(topic) != said:
            self._told[topic] = said
            payload = message.model_dump_json().encode()
            yield Outgoing(topic=topic, payload=payload, retain=True, expires_s=expires_s)
