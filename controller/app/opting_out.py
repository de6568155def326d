"""Whether a person may opt out of a dispatch, and what that would cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.core.dispatches.penalty import Penalty, penalty
from controller.errors import PermanentError
from controller.model.grid import Dispatch
from controller.model.site import Program, Site


def priced(dispatch: Dispatch, site: Site, now: datetime) -> Penalty:
    """What opting out of it costs now.

    Raises:
        PermanentError: its program allows nobody to opt out, or there is nothing to opt out of.
    """
    program = _program(dispatch, site.programs)
    if dispatch.over(now):
        raise PermanentError(f"dispatch {dispatch.id} is over: there is nothing to opt out of")
    if dispatch.asks_nothing:
        raise PermanentError(f"dispatch {dispatch.id} asks for nothing: it needs no opting out")
    if dispatch.opted_out is not None:
        out = dispatch.opted_out
        raise PermanentError(
            f"{out.person} opted out of version {dispatch.version} of dispatch {dispatch.id} "
            f"at {out.at.isoformat()}; a newer version is obeyed again"
        )
    return penalty(dispatch, program, site, now)


def _program(dispatch: Dispatch, programs: Mapping[str, Program]) -> Program:
    program = programs.get(dispatch.program)
    if program is None or not program.may_opt_out:
        raise PermanentError(
            f"program {dispatch.program} has to be obeyed: its contract (may_opt_out) lets nobody "
            "opt out; only its authority can end the dispatch"
        )
    return program


def without_end(found: Penalty) -> PermanentError:
    """Of one whose whole cost nobody can say."""
    return PermanentError(
        f"dispatch {found.dispatch} is open and its program names no longest duration, so its "
        f"whole penalty cannot be shown: each hour costs {found.per_hour}. Have its authority send "
        "a version with an end, or declare longest_s"
    )
