"""How many sockets a process of the farm may have."""

from __future__ import annotations

import resource


def allow_many_sockets() -> None:
    """Each miner is a listener; the usual soft limit of 1,024 files is too small for a farm."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
