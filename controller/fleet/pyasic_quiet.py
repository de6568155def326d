"""pyasic, imported so that its logging stays its own.

Importing pyasic 0.79 configures the root logger, and its RPC classes log every command with its
session token through the root logger. Its models warn of what Pydantic deprecates, which is nothing
that a user of ours could change. All use of pyasic goes through this module.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _kept_apart() -> Iterator[None]:
    root, ssh = logging.getLogger(), logging.getLogger("asyncssh")
    level, handlers, ssh_level = root.level, list(root.handlers), ssh.level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        for handler in [h for h in root.handlers if h not in handlers]:
            root.removeHandler(handler)
        root.setLevel(level)
        ssh.setLevel(ssh_level)


with _kept_apart():
    from pyasic.config.mining import MiningModeConfig
    from pyasic.rpc.base import BaseMinerRPCAPI
    from pyasic.rpc.luxminer import LUXMinerRPCAPI
    from pyasic.web.antminer import AntminerModernWebAPI

__all__ = ["AntminerModernWebAPI", "BaseMinerRPCAPI", "LUXMinerRPCAPI", "MiningModeConfig"]


def _worth_reading(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _hush() -> None:
    """Give pyasic's modules a logger of their own, which lets no command through."""
    own = logging.getLogger("pyasic")
    own.addFilter(_worth_reading)
    for name, module in list(sys.modules.items()):
        if not name.startswith("pyasic.") or name.startswith("pyasic.logger"):
            continue
        if getattr(module, "logging", None) is logging:
            vars(module)["logging"] = own
        if getattr(module, "logger", None) is logging.getLogger():
            vars(module)["logger"] = own


_hush()
