"""What every pool gets, for money and for floors, with what dispatches to come leave of it."""

from __future__ import annotations

from collections.abc import Sequence

from controller.core.planning.lasting import lasting
from controller.core.planning.lead import with_lead
from controller.core.planning.promised import promises
from controller.core.planning.sharing import Share, share
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation


def shares_of(wishes: Sequence[Wish], now: Situation) -> list[Share]:
    """In the order of the wishes."""

    def under(then: Situation) -> list[Share]:
        raised, promised = promises(lasting(wishes, then), then)
        return share(raised, promised, then)

    return with_lead(now, under(now), under)
