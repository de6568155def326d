"""A process that brings forth writers to be killed: one for each line, `ROUND PATH`, of its input.

On its output: `pid N`, then `ack ROUND N` for each commit that returned, then `end ROUND`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from controller.ledger.sqlite import SqliteLedger
from tests.ledger.records import price


def say(line: str) -> None:
    # One write below PIPE_BUF: a killed writer leaves no half a line.
    os.write(1, f"{line}\n".encode())


async def write_for_ever(path: Path, round_number: str) -> None:
    ledger = SqliteLedger(path)
    ledger.open()

    async def one(number: int) -> None:
        await ledger.commit([price(number, f"{round_number}-{number}") for _ in range(2)])
        say(f"ack {round_number} {number}")

    number = 0
    while True:
        await asyncio.gather(*(one(number + offset) for offset in range(3)))
        number += 3


def main() -> None:
    for line in sys.stdin:
        round_number, path = line.split(maxsplit=1)
        child = os.fork()
        if child == 0:
            asyncio.run(write_for_ever(Path(path.strip()), round_number))
        say(f"pid {child}")
        os.waitpid(child, 0)
        say(f"end {round_number}")


if __name__ == "__main__":
    main()
