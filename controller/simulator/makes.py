"""The makes of miners that can be simulated: **a new one is two lines here**."""

from __future__ import annotations

from collections.abc import Callable

from controller.clock import SiteClock
from controller.simulator.antminer import miner as antminer
from controller.simulator.antminer.conversation import StockConversation
from controller.simulator.antminer.miner import StockAntminer
from controller.simulator.luxos import miner as luxos
from controller.simulator.luxos.conversation import LuxOsConversation
from controller.simulator.luxos.miner import LuxOsMiner
from controller.simulator.miner import SimulatedMiner
from controller.simulator.seat import Seat
from controller.simulator.server import Conversation

_BUILDERS: dict[str, Callable[[Seat], SimulatedMiner]] = {
    "antminer": antminer.new_miner,
    "luxos": luxos.new_miner,
}


def build(seat: Seat) -> SimulatedMiner:
    """A miner of the group's make."""
    return _BUILDERS[seat.group.make](seat)


def conversation(miner: SimulatedMiner, clock: SiteClock) -> Conversation:
    """How `miner` talks."""
    match miner:
        case LuxOsMiner():
            return LuxOsConversation(miner, clock)
        case StockAntminer():
            return StockConversation(miner, clock)
    raise TypeError(f"{type(miner).__name__} does not talk")
