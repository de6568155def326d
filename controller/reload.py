"""The configuration read again while the site runs: taken over whole, or not at all.

All that can fail is built first. The swap itself happens between two cycles and cannot fail half
way: what the loop then works with is either all new or all old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from msgspec.structs import replace as changed

from controller.app.control import Parts
from controller.app.orders import levels_of
from controller.assembly import Whole, build_fleet, rules_of
from controller.config.compose import Settings
from controller.config.identity import config_hash, public
from controller.config.restart import refuse_restarts
from controller.config.site import to_board, to_site
from controller.errors import CurtaildError
from controller.fleet.fleet import MinerFleet
from controller.model.records import Reloaded
from controller.ports import Feed, Service
from controller.wiring import build_feeds, build_revenue_meter, build_services, reach_of

_log = structlog.get_logger(__name__)
GONE_WITHIN_S = 2.0


@dataclass(frozen=True)
class Source:
    """Where the configuration comes from."""

    name: str
    """The file, as it was named."""
    read: Callable[[], Settings]
    """Raises ConfigurationError."""
    log_as: Callable[[Settings], None]


@dataclass(frozen=True)
class _Built:
    """Everything of a new configuration that can be refused, made and not yet used."""

    settings: Settings
    feeds: Mapping[str, Feed]
    services: tuple[Service, ...]
    fleet: MinerFleet | None
    """None where the miners stay as they are."""
    take_tokens: Callable[[], None]


class Reloader:
    """Holds the site as it is configured now."""

    def __init__(self, whole: Whole, settings: Settings, source: Source) -> None:
        self.whole = whole
        self._settings = settings
        self._source = source

    async def reload(self) -> None:
        """Read the configuration again and go on with it; when it is refused, as before.

        Raises:
            Exception: the swap broke half way, which only a restart can mend.
        """
        try:
            built = self._build()
        except CurtaildError as error:
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the site goes on as before
            _log.exception("reload_broke")
            self._refuse(f"{type(error).__name__}: {error}")
        else:
            await self._try(built)
        self.whole.parts.wake.set()

    async def _try(self, built: _Built) -> None:
        control = self.whole.control
        try:
            await control.between_cycles(lambda parts: self._take_over(parts, built))
        except CurtaildError as error:
            self._refuse(str(error))
            return
        _log.info("reloaded", config_hash=config_hash(built.settings))
        applied = control.reloads.applied + 1
        now = self.whole.parts.clock.now()
        control.reloads = changed(control.reloads, applied=applied, last_at=now, problem="")

    def _refuse(self, why: str) -> None:
        _log.error("reload_refused", why=why)
        control = self.whole.control
        refused = control.reloads.refused + 1
        now = self.whole.parts.clock.now()
        control.reloads = changed(control.reloads, refused=refused, last_at=now, problem=why)

    def _build(self) -> _Built:
        settings, before = self._source.read(), self._settings
        refuse_restarts(before, settings, self._source.name)
        parts = self.whole.parts
        fleet = build_fleet(settings, parts.clock) if _other_miners(before, settings) else None
        names = self.whole.miners if fleet is None else fleet
        parts.desk.check(to_site(settings), names.readings().keys())
        return _Built(
            settings=settings,
            feeds=build_feeds(settings, reach_of(settings, parts.clock)),
            services=build_services(settings, parts.clock, parts.desk, self.whole.control),
            fleet=fleet,
            take_tokens=self.whole.surface.reload(settings.http),
        )

    async def _take_over(self, parts: Parts, built: _Built) -> Parts:
        settings, before, whole = built.settings, self._settings, self.whole
        if built.fleet is not None:
            whole = replace(whole, miners=await self._exchange(built.settings))
        ended = self._ended(built)
        await parts.supervisor.end(ended, within_s=GONE_WITHIN_S)
        site = to_site(settings)
        fleet = parts.shadow or whole.miners
        if parts.shadow is not None:
            parts.shadow.adopt(whole.miners)
        parts.board.adopt(to_board(settings))
        if _prices_differ(before, settings):
            parts.board.forget_prices()
        parts.board.expect_retold()
        parts.desk.adopt(site, lambda: fleet.readings().keys(), levels_of(fleet))
        parts.observer.adopt(site, fleet)
        parts.books.adopt(rules_of(settings, parts.board))
        whole.revenue.adopt(build_revenue_meter(settings))
        built.take_tokens()
        self._source.log_as(settings)
        parts = replace(
            parts, fleet=fleet, cycle_s=float(settings.cycle_s), config_hash=config_hash(settings)
        )
        self.whole = replace(whole, parts=parts, feeds=built.feeds, services=built.services)
        self._settings = settings
        goes_on = parts.supervisor.health().keys()
        for adapter in self.whole.adapters():
            if adapter.name not in goes_on:
                parts.supervisor.begin(adapter.name, adapter.kind, adapter.work, adapter.link)
        parts.diary.note(
            Reloaded(
                at=parts.clock.now(), config_hash=config_hash(settings), settings=public(settings)
            )
        )
        return parts

    async def _exchange(self, settings: Settings) -> MinerFleet:
        """The old miners stop being read before the new ones are: both keep the same files."""
        old = self.whole.miners
        await old.stop()
        try:
            new = build_fleet(settings, self.whole.parts.clock)
        except CurtaildError:
            await old.start(self.whole.parts.stir.set)
            raise
        new.take_over(old)
        await new.start(self.whole.parts.stir.set)
        return new

    def _ended(self, built: _Built) -> frozenset[str]:
        """The adapters that do not go on as they are."""
        before, after = self._settings, built.settings
        prices = _prices_differ(before, after)
        feeds = {
            name
            for name, feed in before.feeds.items()
            if after.feeds.get(name) != feed
            or _reads_a_file(feed)
            or (prices and not _is_meter(feed))
        }
        services = {service.name for service in self.whole.services}
        health = self.whole.parts.supervisor.health()
        down = {name for name in before.feeds if name in health and not health[name].running}
        return frozenset(feeds | services | down)


def _other_miners(before: Settings, after: Settings) -> bool:
    def miners(settings: Settings) -> dict[str, Any]:
        return {name: (group.miners, group.switches) for name, group in settings.groups.items()}

    return before.fleet != after.fleet or miners(before) != miners(after)


def _prices_differ(before: Settings, after: Settings) -> bool:
    """Whether prices and hashprice would be said by others than before."""

    def prices(settings: Settings) -> dict[str, Any]:
        return {name: feed for name, feed in settings.feeds.items() if not _is_meter(feed)}

    return prices(before) != prices(after)


def _reads_a_file(feed: Any) -> bool:
    """Its file may have other rows than when it began."""
    return getattr(feed, "path", None) is not None


def _is_meter(feed: Any) -> bool:
    return getattr(feed, "scope", None) is not None
