"""Running to the end, and then ending: nothing that was left behind holds the process.

`asyncio.run` waits for tasks that swallow their cancellation and for threads in a name lookup. Both
may take minutes, and the service manager counts seconds.

With the extra `uvloop` the loop is uvloop's: thousands of short connections cost a third less.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Coroutine
from typing import Any

_YOUNG, _MIDDLE, _OLD = 100_000, 5, 20
"""After how many new objects the garbage collector looks, and after how many of its looks at older
ones. By its usual measure, 700, it took a third of the time in which 5,000 miners were stopped: a
call to a miner is some thirty objects for as long as it takes."""


def run_and_leave(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of `work`, which has put everything away that matters when it returns.

    Where tasks or threads are left the process ends here, with that code.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    loop = new_loop()
    asyncio.set_event_loop(loop)
    code = loop.run_until_complete(work)
    if asyncio.all_tasks(loop) or _threads():
        _leave(code)
    loop.close()
    return code


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, where it is installed."""
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def _threads() -> list[threading.Thread]:
    """Those that the interpreter would wait for."""
    here = threading.current_thread()
    return [one for one in threading.enumerate() if one is not here and not one.daemon]


def _leave(code: int) -> None:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
