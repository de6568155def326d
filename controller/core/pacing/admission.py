"""What may rise now: whatever has to be counted now plus what rises stays under every limit, and it
comes in stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from controller.core.canary.reserved import reserved_w
from controller.core.limits.in_force import hard, lowest, usable_w
from controller.core.pacing.credit import Credit
from controller.core.pacing.hidden import hidden_w
from controller.core.pacing.moves import Move, Starts
from controller.core.pacing.rising import Rise
from controller.core.pacing.staging import Stage
from controller.core.pools.pool import Pool
from controller.core.pools.wear import Row
from controller.core.scopes import scopes_of
from controller.core.situation import Situation


@dataclass(slots=True)
class Gate:
    """Lets rises through one by one, as far as limits, stages and the allowance go."""

    now: Situation
    credit: Credit
    largest: Stage | None
    """Of the site."""
    staggers: Mapping[str, Stage]
    """By breaker."""
    row: Row
    wanted: set[str] = field(default_factory=set)
    """Groups where something would rise, if its fans ran."""
    waits: set[datetime] = field(default_factory=set)
    """When something that waits may go on."""
    other_w: dict[str, int] = field(default_factory=dict)
    """By scope, other load that counts from now on, as it hides no more behind who starts."""
    _hidden: dict[str, int] = field(init=False)
    _kept: dict[str, int] = field(init=False)
    """By scope, the room of canaries that have still to return."""
    _room: dict[str, int] = field(default_factory=dict)
    _saved_until: datetime | None = None
    """When the allowance covers who waits for nothing else: until then nobody behind takes of it,
    or what is small would keep the larger from ever having its turn."""

    def __post_init__(self) -> None:
        now = self.now
        for scope, limit in lowest(hard(now.limits)).items():
            if scope in now.expected_w:
                left_w = usable_w(limit, now.seen.site.headroom) - now.expected_w[scope]
                self._room[scope] = left_w
        self._hidden = hidden_w(now)
        self._kept = reserved_w(now.seen, now.state.canaries)

    def admit(self, rises: Iterable[Rise]) -> list[Move]:
        """The moves that may begin now, in their turn."""
        admitted = []
        for rise in sorted(rises, key=lambda rise: rise.turn):
            for move in self._offered(rise.who):
                if self._passes(move):
                    self._draw(move)
                    admitted.append(move)
        return admitted

    def _offered(self, who: Move | Starts) -> Sequence[Move]:
        """A move, or as many starts as could pass, one that passes however large it is, and one
        to wait. Where none could, nobody is picked."""
        if isinstance(who, Move):
            return (who,)
        if who.pool.uncooled:
            return who.first(1, self.row)
        least_w = max(1, who.least_rise_w)
        if held := self._held(who.pool, least_w, start=True):
            self.waits.update(held)
            return ()
        stages = (self.largest, self._stagger(who.pool))
        left_w = min([self.credit.left_w, *(one.left_w for one in stages if one is not None)])
        return who.first(left_w // least_w + 2, self.row)

    def _passes(self, move: Move) -> bool:
        """Whether it may rise now; if not, what it waits for is kept."""
        if not self._fits(move):
            return False
        self._want(move.pool)
        if move.pool.uncooled:
            return False
        held = self._held(move.pool, move.rise_w, start=move.starts)
        self.waits.update(held)
        return not held

    def _held(self, pool: Pool, rise_w: int, *, start: bool) -> list[datetime]:
        """When each of the paces will let so much rise that does not now."""
        stages = (self.largest, self._stagger(pool) if start else None)
        found = [
            one.reopens_at
            for one in stages
            if one is not None and one.reopens_at is not None and not one.takes(rise_w)
        ]
        if found or (self._saved_until is None and rise_w <= self.credit.left_w):
            return found
        if self._saved_until is None:
            self._saved_until = self.credit.covers_at(rise_w, self.now.seen.now)
        return [self._saved_until]

    def _fits(self, move: Move) -> bool:
        fans_w = self._fans_w(move.pool.group)
        kept = {} if move.miner in self.now.seen.canaries else self._kept
        return all(
            self._adds_w(move, scope) + fans_w + kept.get(scope, 0) <= self._room[scope]
            for scope in self._scopes(move.pool)
        )

    def _adds_w(self, move: Move, scope: str) -> int:
        """By how much it raises what counts there."""
        return move.adds_w + (self._hidden.get(scope, 0) if move.pool.unproven else 0)

    def _draw(self, move: Move) -> None:
        for scope in self._scopes(move.pool):
            self._room[scope] -= self._adds_w(move, scope)
            if move.pool.unproven and scope in self._hidden:
                self.other_w[scope] = self.now.other_w[scope] + self._hidden.pop(scope)
        self.credit = self.credit.less(move.rise_w)
        stagger = self._stagger(move.pool) if move.starts else None
        for one in (self.largest, stagger):
            if one is not None:
                one.draw(move.rise_w, self.now.seen.now)

    def _want(self, pool: Pool) -> None:
        """Its fans are to run: from now on they take up their room."""
        added_w = self._fans_w(pool.group)
        self.wanted.add(pool.group)
        for scope in self._scopes(pool):
            self._room[scope] -= added_w

    def _fans_w(self, group: str) -> int:
        """What the fans of a group would add to the power that counts."""
        return 0 if group in self.wanted else self.now.fans_w.get(group, 0)

    def _stagger(self, pool: Pool) -> Stage | None:
        group = self.now.seen.site.groups.get(pool.group)
        return self.staggers.get(group.breaker) if group else None

    def _scopes(self, pool: Pool) -> list[str]:
        return [one for one in scopes_of(self.now.seen.site, pool.group) if one in self._room]
