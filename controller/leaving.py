"""Running to the end, and then ending: nothing that was left behind holds the process.

`asyncio.run` waits for tasks that swallow their cancellation and for threads in a name lookup. Both
may take minutes, and the service manager counts seconds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Coroutine
from typing import Any


def run_and_leave(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of `work`, which has put everything away that matters when it returns.

    Where tasks or threads are left the process ends here, with that code.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    code = loop.run_until_complete(work)
    if asyncio.all_tasks(loop) or _threads():
        _leave(code)
    loop.close()
    return code


def _threads() -> list[threading.Thread]:
    """Those that the interpreter would wait for."""
    here = threading.current_thread()
    return [one for one in threading.enumerate() if one is not here and not one.daemon]


def _leave(code: int) -> None:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
