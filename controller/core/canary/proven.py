"""Which firmwares are known to come through commands as they were, and which are known not to."""

from __future__ import annotations

from controller.model.remembered import CanaryStage
from controller.model.seen import State
from controller.model.site import Site


def proven(site: Site, state: State) -> frozenset[str]:
    """Those whose canary came back, and those that a person vouches for."""
    return frozenset((*state.proven_firmware, *site.pacing.known_firmware))


def barred(state: State) -> frozenset[str]:
    """Those whose canary did not come back as it was: they may lose their pools by a command, so
    that none is sent, whoever wants it."""
    return frozenset(
        name for name, one in state.canaries.items() if one.stage is CanaryStage.BARRED
    )
