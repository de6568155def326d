"""What was decisive for each group, what that is worth, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from controller.core.economics.tariff import Tariff, tariff_of
from controller.core.explaining.sources import Sources
from controller.core.explaining.turning import TurningPoints
from controller.core.explaining.worth import Worth
from controller.core.planning.sharing import Share
from controller.core.situation import Situation
from controller.model.plan import Allocation, Explanation


def explain(
    now: Situation,
    shares: Sequence[Share],
    ideal: Sequence[Share],
    allocations: Mapping[str, Allocation],
) -> dict[str, Explanation]:
    """By group that has miners. `ideal` are the shares if no miner were in flight or at rest."""
    groups: dict[str, list[int]] = {}
    for index, share in enumerate(shares):
        groups.setdefault(share.wish.pool.group, []).append(index)
    explainer = _Explainer(now, shares, ideal, allocations)
    return {group: explainer.of(group, which) for group, which in groups.items()}


class _Explainer:
    """Of one decision: what holds of many groups is worked out once."""

    def __init__(
        self,
        now: Situation,
        shares: Sequence[Share],
        ideal: Sequence[Share],
        allocations: Mapping[str, Allocation],
    ) -> None:
        self._now, self._shares, self._ideal = now, shares, ideal
        self._allocations = allocations
        self._sources, self._turning = Sources(now), TurningPoints(now, shares, ideal)
        self._worth = Worth(now, allocations)
        self._tariffs: dict[object, Tariff] = {}

    def of(self, group: str, which: Sequence[int]) -> Explanation:
        mine = [self._shares[index] for index in which]
        off_w = [self._curtailed_w(share) for share in mine]
        best = self._ideal[which[self._main(mine, off_w)]]
        reason = self._allocations[best.wish.pool.key].reason
        source = self._sources.of(reason, best)
        tariff = self._tariff(group)
        amounts = self._worth.of(group, mine, tariff)
        turning = self._turning.of(group, which, tariff)
        return Explanation(
            reason=reason,
            bound=source.bound,
            source=source.name,
            until=source.until,
            runs_w=sum([self._allocations[one.wish.pool.key].power_w for one in mine]),
            curtailed_w=sum(off_w),
            miners=sum([one.wish.pool.size for one in mine]),
            running=sum([one.granted[0] for one in mine]),
            wanted=sum([_wanted(self._ideal[index]) for index in which]),
            earns_per_hour=amounts.planned,
            if_running_per_hour=amounts.running,
            if_stopped_per_hour=amounts.stopped,
            more_below_per_mwh=turning.more_below_per_mwh,
            less_above_per_mwh=turning.less_above_per_mwh,
            off_above_per_mwh=turning.off_above_per_mwh,
        )

    def _curtailed_w(self, share: Share) -> int:
        pool = share.wish.pool
        return max(0, pool.size * pool.units_w[-1] - self._worth.planned_w(share))

    def _main(self, mine: Sequence[Share], off_w: Sequence[int]) -> int:
        """Of several pools, the one of which most is off speaks for the group; of equals, the one
        of which most runs."""
        if len(mine) == 1:
            return 0
        runs_w = [self._worth.planned_w(share) for share in mine]
        return max(range(len(mine)), key=lambda one: (off_w[one], runs_w[one]))

    def _tariff(self, group: str) -> Tariff:
        """Most groups have the same."""
        declared = self._now.seen.site.groups.get(group)
        terms = (
            None if declared is None else (declared.adder_per_mwh, declared.adders, declared.losses)
        )
        if terms not in self._tariffs:
            self._tariffs[terms] = tariff_of(self._now.seen, group)
        return self._tariffs[terms]


def _wanted(best: Share) -> int:
    """How many are to run. Those that wait for a canary count before limits: these share out room
    only once it has returned."""
    return max((best.granted[0], *best.wish.awaited))
