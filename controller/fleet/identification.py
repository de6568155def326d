"""Finding out what a miner is: once, and again only when it is no longer that."""

from __future__ import annotations

import asyncio

import structlog
from msgspec.structs import replace

from controller.errors import PermanentError
from controller.fleet.addresses import Place
from controller.fleet.driver import DeclaredDriver
from controller.fleet.inventory import Inventory
from controller.fleet.roster import Member
from controller.fleet.tally import Tally
from controller.model.fleet import Curve, Identity
from controller.ports import Clock

_log = structlog.get_logger(__name__)


class Identification:
    """Fills in what members are, from the inventory or by asking them."""

    def __init__(self, inventory: Inventory, tally: Tally, clock: Clock) -> None:
        self._inventory = inventory
        self._tally = tally
        self._clock = clock
        self._saves: set[asyncio.Task[None]] = set()
        self.curves: dict[str, Curve] = {}
        """By the key that readings carry. None is ever dropped: a motion may still name it."""

    def recall(self, member: Member) -> None:
        """Without asking it, if it was identified before as what it is declared to be."""
        known = self._inventory.get(member.miner)
        if known is not None and _still_holds(member, *known):
            self._enter(member, *known)

    async def identify(self, member: Member) -> Identity:
        """Ask it. Raises what its driver raises.

        Raises:
            PermanentError: another machine answers than the one that is declared.
        """
        driver = member.driver
        identity = await driver.identify(member.miner, member.address, member.port)
        _refuse_another(member, identity)
        full = await driver.curve(identity)
        identity = _with_its_own_level(identity, full, member.identity)
        self._compare(member, identity)
        self._tally.probes += 1
        _log.debug("identified", miner=member.miner, model=identity.model, version=identity.version)
        self._inventory.remember(identity, full)
        self._enter(member, identity, full)
        save = asyncio.create_task(self._save())
        self._saves.add(save)
        save.add_done_callback(self._saves.discard)
        return identity

    def _compare(self, member: Member, now: Identity) -> None:
        """Tell people of a miner that is no longer what it was."""
        before = member.identity
        kind = None if before is None else change_of(before, now)
        if before is None or kind is None:
            return
        self._tally.identity_changes[kind] += 1
        member.changed(before, self._clock.now())
        _log.warning(
            "identity_changed",
            miner=member.miner,
            change=kind,
            before=f"{before.model} {before.version} {before.mac}",
            now=f"{now.model} {now.version} {now.mac}",
        )

    async def close(self, patience_s: float) -> None:
        """Wait for what is being written."""
        if self._saves:
            await asyncio.wait(self._saves, timeout=patience_s)

    def _enter(self, member: Member, identity: Identity, full: Curve) -> None:
        member.identified(identity, full)
        if member.curve is not None:
            self.curves[member.curve_key] = member.curve
        else:
            _log.error("no_level_allowed", miner=member.miner, why=member.problem)

    async def _save(self) -> None:
        try:
            await self._inventory.save()
        except OSError as error:
            self._tally.failed("inventory")
            _log.warning("inventory_not_written", error=str(error))


def change_of(before: Identity, now: Identity) -> str | None:
    """`replaced` by another machine, `reflashed` with another firmware or version, or None."""
    if before.mac != now.mac:
        return "replaced"
    same = (before.firmware, before.model, before.version) == (now.firmware, now.model, now.version)
    return None if same else "reflashed"


def _still_holds(member: Member, identity: Identity, curve: Curve) -> bool:
    """Whether what was remembered is true of the miner as it is declared now."""
    driver = member.driver
    return (
        identity.firmware == driver.firmware
        and (identity.address, identity.port) == (member.address, member.port)
        and _place(member).is_of(identity.mac)
        and (not isinstance(driver, DeclaredDriver) or driver.vouches_for(identity, curve))
    )


def _refuse_another(member: Member, identity: Identity) -> None:
    place = _place(member)
    if place.is_of(identity.mac):
        return
    why = (
        f"{member.miner}: declared with MAC address {place.mac}, but {identity.mac} answers at "
        f"{place.address} port {place.port}: correct behind_nat, or the router's forwarding"
    )
    member.disowned(why)
    raise PermanentError(why)


def _place(member: Member) -> Place:
    return Place(member.address, member.port, member.mac)


def _with_its_own_level(identity: Identity, full: Curve, before: Identity | None) -> Identity:
    """The same machine with another firmware may stand where we put it: what it had counts."""
    if before is None or before.mac != identity.mac:
        return identity
    if all(level.name != before.own_level for level in full.levels):
        return identity
    return replace(identity, own_level=before.own_level)
