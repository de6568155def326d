"""One miner as pyasic-rs reads it: whole and of the right firmware, or an error."""

from __future__ import annotations

import msgspec

from controller.fleet.asic_rs.aside import Aside, EndedError
from controller.fleet.asic_rs.said import Ask, Said
from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError


class Reading:
    """pyasic-rs turns every failure into nothing read, or into its word that all is well. So it is
    asked only of a miner that has just answered our own question, and nothing read is an error."""

    def __init__(self, tools: Toolbox, firmware: str) -> None:
        """`firmware`: as pyasic-rs calls it."""
        self._tools = tools
        self._firmware = firmware
        self._aside = Aside()

    async def of(self, miner: str, address: str, login: tuple[str, str] | None = None) -> Said:
        """
        Raises:
            MinerError: it read nothing, in time or at all, or another firmware.
        """
        ask = Ask(number=0, address=address, firmware=self._firmware, login=login)
        limit_s = self._tools.settings.reply_timeout_s
        try:
            said = await self._aside.ask(ask, limit_s)
        except TimeoutError:
            self._tools.tally.abandoned += 1
            why = f"pyasic-rs has not read it within {limit_s:g} s"
            raise MinerError(FaultKind.NO_REPLY, f"{miner}: {why}") from None
        except EndedError as error:
            raise MinerError(FaultKind.NO_REPLY, f"{miner}: {error}") from None
        except msgspec.ValidationError as error:
            raise unusable(miner, str(error)) from None
        if said.firmware != self._firmware:
            raise unusable(miner, f"it takes it for {said.firmware or 'nothing that it knows'}")
        if said.mac is None:
            raise unusable(miner, "it says no MAC address, and so has read nothing")
        return said


def unusable(miner: str, why: str) -> MinerError:
    return MinerError(
        FaultKind.GARBAGE, f"{miner}: what pyasic-rs reads cannot be used: {why[:300]}"
    )
