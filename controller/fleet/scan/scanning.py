"""Asking many addresses, so many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from controller.fleet.scan.finding import Finding
from controller.fleet.scan.probing import probe
from controller.fleet.scan.questions import Questions


async def scan(
    addresses: Sequence[str], questions: Questions, width: int, heard: Callable[[int], None]
) -> list[Finding]:
    """In the order of `addresses`, which are all that is spoken to, `width` at a time. `heard` is
    told how many have been asked so far."""
    findings: dict[str, Finding] = {}
    waiting = iter(addresses)

    async def ask(left: Iterator[str]) -> None:
        for address in left:
            findings[address] = await probe(address, questions.of(address))
            heard(len(findings))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(width, len(addresses))):
            group.create_task(ask(waiting))
    return [findings[address] for address in addresses]
