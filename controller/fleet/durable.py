"""A small file that is written again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from controller.links.durable import write


class Saver:
    """Writes one file, each time as it is then; many who wait at once share one write."""

    def __init__(self, path: Path, content: Callable[[], bytes]) -> None:
        self._path = path
        self._content = content
        self._wanted = 0
        self._written = 0
        self._writer: asyncio.Task[None] | None = None

    async def save(self) -> None:
        """Return once everything up to now is on disk.

        Raises:
            OSError: it could not be written.
        """
        self._wanted += 1
        mine = self._wanted
        while self._written < mine:
            if self._writer is None or self._writer.done():
                self._writer = asyncio.create_task(self._write())
            # A write goes on when who waits for it is cancelled: two at once would mix.
            await asyncio.shield(self._writer)

    async def _write(self) -> None:
        covered = self._wanted
        await asyncio.to_thread(write, self._path, self._content())
        self._written = covered
