"""A site's life in a closed loop, and what of it must never be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from controller.core.counting.nameplate import unmetered, weighed
from controller.core.decide import decide
from controller.core.obedience.evidence import is_contested
from controller.core.scopes import scopes_of
from controller.ledger.check_commands import CommandsCheck
from controller.model.fleet import CUT, Command, EvidenceGrade, Stage
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.records import CommandRecorded
from controller.model.seen import Snapshot, State
from tests.core.cases.chances import Chances
from tests.core.cases.fleets import Life, life
from tests.core.cases.happenings import happen, mend
from tests.core.paces import Moved, moved, strayed
from tests.core.promises import broken

LOOKS = 28
LONGEST_S = 30
"""Between two looks, where the decision does not ask for one sooner."""
STOP_S = 30
"""What the sites declare."""
MASKED = timedelta(seconds=90)
"""For so long other load that changes may hide a step of miners from the check of a meter."""
CALM_S = 1200
"""Between two looks when all is well."""
CALM_LOOKS = 40
RESTED = 4
"""That many quiet looks in a row: more than an hour, which is the longest that anything waits."""


IN_THE_END = 4
"""Commands to one miner once all is well: one for where it belongs, two while is learnt what others
draw and give up, and one when somebody's rest ends whose power is put to better use."""


class Seen(NamedTuple):
    """One look."""

    seen: Snapshot
    before: State
    plan: Plan
    after: State
    next_at: datetime


@dataclass
class Lived:
    wrong: list[str] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    told: dict[str, list[datetime]] = field(default_factory=dict)
    over_since: dict[str, datetime] = field(default_factory=dict)
    masked: bool = False
    """Whether a meter was accused of a step that other load hid."""
    last: Seen | None = None
    rested: bool = False
    """Whether it came to rest when all was well again."""
    told_in_the_end: dict[str, int] = field(default_factory=dict)
    """By miner, how often until then, but while it was `unproven`."""
    commands: CommandsCheck = field(default_factory=CommandsCheck)

    @property
    def at_rest(self) -> bool:
        return self.rested and max(self.told_in_the_end.values(), default=0) <= IN_THE_END

    def look(self, here: Life, state: State, *, watch: bool = True) -> Seen:
        seen = here.look(state)
        one = Seen(seen, state, *decide(seen, state))
        self.wrong += (f"{here.now:%T} {line}" for line in [*broken(*one), *_odd(here, one)])
        self.wrong += (f"{here.now:%T} {line}" for line in self._verified(one.plan))
        self.wrong += (f"{here.now:%T} {line}" for line in self._accused(here, one.plan))
        if watch:
            self.wrong += (f"{here.now:%T} {line}" for line in self._over(here, one.plan))
        if one.plan.commands:
            self.moves.append(moved(_weighed(one), state, one.plan))
        for command in one.plan.commands:
            self.told.setdefault(command.miner, []).append(here.now)
        here.strayed_at.update(dict.fromkeys(one.plan.contested, here.now))
        here.obey(one.plan)
        return one

    def _verified(self, plan: Plan) -> Iterator[str]:
        """What `curtaild ledger verify` would find of these commands."""
        for event in plan.events:
            record = CommandRecorded(at=event.at, event=event)
            yield from (found.reason for found in self.commands.see(0, record))

    def _accused(self, here: Life, plan: Plan) -> Iterator[str]:
        """Meters that are said to stand still, and never did."""
        if not plan.frozen_meters:
            self.masked = False
            return
        self.masked = self.masked or here.now - here.load_at <= MASKED
        if here.sound_ever and not here.troubled and not self.masked:
            yield f"{plan.frozen_meters} are accused, and read"

    def _over(self, here: Life, plan: Plan) -> Iterator[str]:
        """Limits that are broken for longer than it takes, though somebody who obeys still runs.

        Whoever does not obey costs the time of one stop, who is woken again and again that of one
        for each time; who was given up is told again in its time. Without its meters a site knows
        only of those that tell the truth.
        """
        given_up = timedelta(seconds=here.site.pacing.retry_after_s)
        for limit in plan.limits:
            if limit.surcharge_per_mwh is not None:
                continue
            key = f"{limit.scope}: {limit.source}"
            since = self.over_since.setdefault(key, here.now)
            inside = {g for g in here.site.groups if limit.scope in scopes_of(here.site, g)}
            left = [one for one in here.obedient(since - given_up) if one.group in inside]
            over = _known_w(here, limit.scope) > limit.limit_w and left
            if not over or not _knowable(here, limit.scope, inside):
                self.over_since[key] = here.now
            elif here.now - since > _grace(here, since):
                yield f"{key} is exceeded since {since:%T}: {here.power_w(limit.scope)} W"
        keys = {f"{limit.scope}: {limit.source}" for limit in plan.limits}
        self.over_since = {k: at for k, at in self.over_since.items() if k in keys}


def _odd(here: Life, one: Seen) -> Iterator[str]:
    plan = one.plan
    believed = here.meters[SITE] == "reads" and SITE not in plan.frozen_meters
    if believed and plan.expected_w < here.power_w(SITE):
        yield f"{plan.expected_w} W are counted, {here.power_w(SITE)} W drawn"
    again = [c.miner for c in plan.commands if c.miner in plan.contested and _told_off(c, one)]
    if again:
        yield f"{again} are contested and told again"
    if here.troubled:
        return
    repeated = [command.miner for command in plan.commands if command.attempt > 1]
    if repeated and all(miner.reports_watts for miner in here.fleet.miners.values()):
        yield f"{repeated} obey and are told again"


def _told_off(command: Command, one: Seen) -> bool:
    motion = one.before.motions.get(command.miner)
    return motion is not None and is_contested(motion) and command.level != CUT


def _weighed(one: Seen) -> Snapshot:
    """What it saw, with miners without watts of their own at what they count with."""
    return weighed(one.seen, one.after.ratio_permille, unmetered(one.seen, one.before))


def _known_w(here: Life, scope: str) -> int:
    """What is drawn, less what nobody can know of while meters fail."""
    unseen_w = 0 if here.sound() or scope != SITE else here.unseen_w()
    return here.power_w(scope) - unseen_w


def _knowable(here: Life, scope: str, inside: set[str]) -> bool:
    """Whether meters or the miners' own words say what is drawn there."""
    if not here.sound():
        return _plain(here)
    there = [one for one in here.fleet.miners.values() if one.group in inside]
    return scope in here.meters or all(one.reports_watts and not one.claims for one in there)


def _plain(here: Life) -> bool:
    """Whether every miner says what it draws."""
    return not here.strayed_at and all(one.reports_watts for one in here.fleet.miners.values())


def _grace(here: Life, since: datetime) -> timedelta:
    strayed = sum(at >= since for at in here.strayed_at.values())
    steps = 8 if here.site.pacing.largest_step_down_w else 1
    return timedelta(seconds=(STOP_S + LONGEST_S) * (1 + 3 * strayed + steps))


def busy(chances: Chances, here: Life, lived: Lived) -> State:
    """Things go wrong for some minutes."""
    state = State()
    for number in range(LOOKS):
        one = lived.look(here, state)
        state = one.after
        asked_s = (one.next_at - here.now).total_seconds()
        here.advance(min(chances.of([15, 5, LONGEST_S]), max(1, asked_s)))
        happen(chances, here, number)
        here.known = here.known or number > 1
    return state


def unproven(one: Seen) -> set[str]:
    """The miners without watts of their own of groups where one of them says that it came down and
    no meter saw it: it counts in full and is told again for ever. That is safe, and who it is among
    them cannot be known."""
    dumb = {n: m for n, m in one.seen.moving.items() if m.grade is EvidenceGrade.INFERRED}
    motions = one.after.motions
    groups = {
        miner.group
        for name, miner in dumb.items()
        if name in motions and motions[name].stage is not Stage.CONFIRMED
    }
    at_rest = {
        name
        for cohort in one.seen.cohorts.values()
        if cohort.group in groups and cohort.grade is EvidenceGrade.INFERRED
        for name in cohort.members
    }
    return at_rest | {name for name, miner in dumb.items() if miner.group in groups}


def calm(here: Life, lived: Lived, state: State) -> None:
    """All is well, until the site comes to rest, but for whoever is `unproven`.

    At a tight limit miners may change places for ever where equals draw unlike, which are reckoned
    with by their mean, or where a liar's change of mind was taken for a ratio of nominal power, and
    no step since was a tenth of the load, which it takes to measure it anew. Where it does not come
    to rest all draw alike from then on, and those ratios are forgotten.
    """
    mend(here)
    state = _until_rest(here, lived, state)
    if not lived.at_rest and (_unlike(here) or state.ratio_permille):
        for miner in here.fleet.miners.values():
            miner.draw = Decimal(1)
        _until_rest(here, lived, replace(state, fitted_permille={}, ratio_permille={}, fits={}))


def _unlike(here: Life) -> bool:
    draws = {(one.group, one.draw) for one in here.fleet.miners.values()}
    return len(draws) > len({group for group, _ in draws})


def _until_rest(here: Life, lived: Lived, state: State) -> State:
    lived.rested = False
    quiet, told, before = 0, Counter[str](), set[str]()
    for _ in range(CALM_LOOKS):
        here.advance(CALM_S)
        lived.last = lived.look(here, state, watch=False)
        state, apart = lived.last.after, unproven(lived.last)
        now = {command.miner for command in lived.last.plan.commands} - apart
        told.update(now)
        quiet, before = 0 if now or apart != before else quiet + 1, apart
        if quiet == RESTED:
            lived.rested = True
            break
    left_out = unproven(lived.last) if lived.last else set()
    lived.told_in_the_end = {name: n for name, n in told.items() if name not in left_out}
    return state


def lived(chances: Chances) -> Lived:
    found, here = Lived(), life(chances)
    calm(here, found, busy(chances, here, found))
    groups = {name: one.group for name, one in here.fleet.miners.items()}
    found.wrong += strayed(here.site, found.moves, groups)
    return found
