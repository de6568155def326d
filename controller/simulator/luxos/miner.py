"""A simulated miner with LuxOS: profiles, a session, thermal management."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from controller.simulator.faults import LUXOS_FAULTS
from controller.simulator.luxos.catalog import MinerModel, load_model
from controller.simulator.luxos.session import SessionDesk
from controller.simulator.miner import SimulatedMiner
from controller.simulator.seat import Seat


@dataclass(kw_only=True)
class LuxOsMiner(SimulatedMiner):
    """Curtailment is forgotten in a loss of power, the profile is not."""

    make: ClassVar[str] = "luxos"
    faults: ClassVar[frozenset[str]] = LUXOS_FAULTS

    model: MinerModel
    profiles: Sequence[str]
    draw_ratio: float
    session: SessionDesk
    atm: dict[str, object]

    def forget(self) -> None:
        self.session.close()

    def set_profile(self, profile: str, at: datetime) -> None:
        level = self.model.level(profile, self.draw_ratio)
        self.order(lambda physics: physics.set_level(level, at), at)

    def profile_rows(self) -> list[dict[str, Any]]:
        """The profiles it offers, as LuxOS lists them."""
        return [self.model.profiles[name] for name in self.profiles]


def new_miner(seat: Seat) -> LuxOsMiner:
    """A miner that has long been hashing at its profile."""
    group = seat.group
    model = load_model(group.model_name())
    levels = [model.level(name, group.draw_ratio) for name in group.offered()]
    return LuxOsMiner(
        **seat.common(
            level=model.level(group.profile, group.draw_ratio),
            highest_w=max(level.power_w for level in levels),
            share_difficulty=model.share_difficulty,
        ),
        model=model,
        profiles=group.offered(),
        draw_ratio=group.draw_ratio,
        session=SessionDesk(seat.key),
        atm=_new_atm(enabled=bool(model.recorded["config"]["CONFIG"][0]["IsAtmEnabled"])),
    )


def _new_atm(*, enabled: bool) -> dict[str, object]:
    """The settings of Advanced Thermal Management, which picks profiles by temperature."""
    return {
        "Enabled": enabled,
        "MaxProfile": "default",
        "MinProfile": "",
        "PostRampMinutes": 15,
        "StartupMinutes": 15,
        "TempWindow": 5.0,
    }
