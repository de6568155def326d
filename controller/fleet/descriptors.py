"""Enough open files for as many connections to miners as are allowed."""

from __future__ import annotations

import resource

import structlog

from controller.errors import PermanentError

_log = structlog.get_logger(__name__)
_SPARE = 256
"""For books, feeds, pages and logs. A call to a miner holds one connection."""


def allow(calls: int) -> None:
    """Let this process open as many files as so many calls at a time need.

    Raises:
        PermanentError: the system allows it fewer.
    """
    needed = calls + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _covers(soft, needed):
        return
    if not _covers(hard, needed):
        raise PermanentError(
            f"fleet.width, fleet.reduction_width: {calls} miners at a time need {needed} open "
            f"files, and this process may open {hard}: lower them, or allow more "
            f"(LimitNOFILE={needed} in a drop-in of the unit)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    _log.info("more_open_files", before=soft, now=needed)


def _covers(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed
