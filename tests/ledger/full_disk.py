"""A process whose files may not grow beyond a limit, until the limit is lifted.

Prints each value whose commit returned; `full` when writing failed some times in a row.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from controller.errors import TemporaryError
from controller.ledger.sqlite import SqliteLedger
from tests.ledger.records import price

LIMIT = 256 * 1024
IN_A_ROW = 5


async def main() -> None:
    ledger = SqliteLedger(Path(sys.argv[1]))
    ledger.open()
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))
    number = failures = 0
    while failures < IN_A_ROW:
        try:
            await ledger.commit([price(number, f"{number}")])
        except TemporaryError:
            failures += 1
            assert not ledger.health().writable
            assert ledger.health().last_error
        else:
            failures = 0
            print(number, flush=True)  # noqa: T201
        number += 1
    print("full", flush=True)  # noqa: T201
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for later in range(number, number + 50):
        await ledger.commit([price(later, f"{later}")])
        print(later, flush=True)  # noqa: T201
    assert ledger.health().writable
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main())
