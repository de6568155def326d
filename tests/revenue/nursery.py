"""A process that brings forth importers to be killed: one for each line, a path, of its input.

On its output: `pid N` once the file is about to be taken, then `end`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from controller.app.revenue import RevenueImporter, RevenueMeter
from controller.ledger.sqlite import SqliteLedger
from controller.model.revenue_meter import RevenueUpload
from controller.signals.revenue.reading import read_revenue_file
from tests.core.revenue.meters import NOW, at, rules
from tests.revenue import files
from tests.virtual_clock import VirtualClock

QUARTERS = 600
CONTENT = files.file(files.row(at(n), 104) for n in range(QUARTERS))


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def take(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.open()
    meter = RevenueMeter(partial(read_revenue_file, settings=files.settings()), rules())
    importer = RevenueImporter(meter, ledger, VirtualClock(NOW), lambda take: take(None))
    await importer.bring(RevenueUpload(name="july.csv", content=CONTENT, person="Ada"))
    await ledger.close()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(take(Path(line.strip())))
            os._exit(0)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("end")


if __name__ == "__main__":
    main()
