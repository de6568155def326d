"""Whether a dispatch is accepted, and what its target comes to. See docs/dispatches.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from msgspec.structs import replace

from controller.core.dispatches.body import Asked, Code, RefusalError, names, read
from controller.core.dispatches.target import Frozen, Worth, worth
from controller.core.limits.claims import delivered_w
from controller.core.obedience.learned import BEYOND_S
from controller.model.base import Model
from controller.model.grid import Dispatch
from controller.model.quality import Fresh, Observed
from controller.model.site import Program, Site

CLOCK_SKEW = timedelta(seconds=60)
"""By how much a sender's clock may be ahead of the site's."""


class Repeated(Model, frozen=True, kw_only=True):
    """The same id, version and content were accepted before."""

    dispatch: Dispatch


class Refused(Model, frozen=True, kw_only=True):
    code: Code
    problem: str
    """Names the field and what to do, for the sender."""


Judgement: TypeAlias = Dispatch | Repeated | Refused


def judge(
    body: Mapping[str, Any],
    authority: str,
    *,
    site: Site,
    known: Mapping[str, Dispatch],
    now: datetime,
    power_w: Observed[int],
    kept_off_w: int | None = None,
) -> Judgement:
    """What becomes of `body`, sent by an authenticated `authority`. Never raises.

    `known` holds the newest version of each dispatch, past and cancelled ones included; `power_w`
    is the power at the site's meter, and `kept_off_w` the most that dispatches may have taken off
    it, as the last decision knows; None where there was none. Age alone refuses nothing: a late
    dispatch is obeyed for the rest of its time.
    """
    try:
        asked = read(body)
        program = _program(asked, authority, site)
        before = known.get(asked.id)
        if before is not None:
            if _content(before) == asked:
                return Repeated(dispatch=before)
            _check_follows(asked, before)
        _check_issued(asked, now)
        comes_to = Worth(site.import_limit_w)
        if not asked.cancelled:
            _check_times(asked, program, before, now)
            others = _others(asked, known, now, ahead=kept_off_w is not None)
            undiminished = _undiminished(power_w, others, kept_off_w)
            comes_to = worth(asked, Frozen(program, before, undiminished, site.import_limit_w))
    except RefusalError as refusal:
        return Refused(code=refusal.code, problem=str(refusal))
    return Dispatch(
        id=asked.id,
        version=asked.version,
        program=asked.program,
        authority=authority,
        issued_at=asked.issued_at,
        received_at=now,
        start=asked.start,
        end=asked.end,
        target=asked.target,
        limit_w=comes_to.limit_w,
        reference_w=comes_to.reference_w,
        reference=comes_to.reference,
        cancelled=asked.cancelled,
        floor_w=comes_to.floor_w,
        asks_nothing=comes_to.asks_nothing,
    )


def _others(
    asked: Asked, known: Mapping[str, Dispatch], now: datetime, *, ahead: bool
) -> list[Dispatch]:
    """The dispatches of other programs for which load may have gone: those in force, and those to
    come ahead of which it can be told to."""
    by = now + timedelta(seconds=BEYOND_S) if ahead else now
    others = (one for one in known.values() if one.program != asked.program)
    return [one for one in others if one.start <= by and one.asks(now)]


def _undiminished(
    power_w: Observed[int], others: list[Dispatch], kept_off_w: int | None
) -> Observed[int]:
    """What the meter would show without the reductions of other programs: no more than what
    dispatches keep off. Where a reference lies above what runs, a claim has taken nothing yet."""
    if not isinstance(power_w, Fresh):
        return power_w
    taken_w = delivered_w(power_w.value, others)
    if kept_off_w is not None:
        taken_w = min(taken_w, kept_off_w)
    return replace(power_w, value=power_w.value + taken_w)


def _content(dispatch: Dispatch) -> Asked:
    """What its sender said. A recall was said by voice and is none of it: the same again is a
    repeat, and revives nothing."""
    return Asked(
        id=dispatch.id,
        version=dispatch.version,
        program=dispatch.program,
        issued_at=dispatch.issued_at,
        start=dispatch.start,
        end=dispatch.end,
        target=dispatch.target,
        cancelled=dispatch.cancelled and dispatch.recall is None,
    )


def _program(asked: Asked, authority: str, site: Site) -> Program:
    program = site.programs.get(asked.program)
    if program is None:
        raise RefusalError(
            Code.UNKNOWN_PROGRAM, f"`program` must be one of: {names(site.programs)}"
        )
    if program.authority != authority:
        raise RefusalError(
            Code.UNAUTHORISED,
            "`program` belongs to another authority; send the dispatch with that one's token",
        )
    return program


def _check_follows(asked: Asked, before: Dispatch) -> None:
    if asked.program != before.program:
        raise RefusalError(
            Code.CONTRADICTORY,
            f"`id` is in use under program {before.program}; send the dispatch under a new id",
        )
    if asked.version < before.version:
        raise RefusalError(
            Code.STALE_VERSION,
            f"`version` {asked.version} came after version {before.version}; "
            f"a change needs version {before.version + 1} or higher",
        )
    if asked.version == before.version:
        raise RefusalError(
            Code.CONTRADICTORY,
            f"`version` {asked.version} was received with other content; "
            f"send the change as version {before.version + 1}",
        )


def _check_issued(asked: Asked, now: datetime) -> None:
    if asked.issued_at - now > CLOCK_SKEW:
        raise RefusalError(
            Code.MALFORMED,
            f"`issued_at` is ahead of the site's time, {now.isoformat()}; set the sender's clock",
        )


def _check_times(asked: Asked, program: Program, before: Dispatch | None, now: datetime) -> None:
    if asked.end is None:
        return
    # The word that a dispatch in force has ended comes late as well, and ends it.
    ends_another = before is not None and not before.over(now)
    if asked.end <= now and not ends_another:
        raise RefusalError(Code.OVER, "`end` has passed, so nothing is left to do; send a new one")
    longest_s = program.longest_s
    if longest_s is not None and asked.end - asked.start > timedelta(seconds=longest_s):
        raise RefusalError(
            Code.TOO_LONG,
            f"`end` is more than {longest_s} s after `start`, the longest that program "
            f"{asked.program} may ask; send an earlier end",
        )
