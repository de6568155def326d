"""A real Chromium, and what it noticed."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = shutil.which("chromium")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="chromium is not installed"
)


@dataclass
class Visit:
    """A page, the hosts it asked, and what went wrong in it."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    async def text(self, selector: str) -> str:
        return (await self.page.inner_text(selector)).strip()

    async def waits_for(self, selector: str, text: str) -> None:
        """Until the element's text contains `text`."""
        await self.page.wait_for_function(
            "([where, what]) => document.querySelector(where)?.innerText.includes(what)",
            arg=[selector, text],
        )

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = await self.page.evaluate(
            "() => document.documentElement.scrollWidth - window.innerWidth"
        )
        return width


@asynccontextmanager
async def visit(url: str, width: int = 1280, **context: Any) -> AsyncIterator[Visit]:
    """The page at `url`, shown once."""
    assert CHROMIUM is not None, "install the Debian package chromium"
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": width, "height": 800}, **context)
        visited = Visit(page)
        page.on("request", lambda sent: visited.hosts.add(urlsplit(sent.url).netloc))
        page.on("pageerror", lambda error: visited.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: visited.complaints.append(said.text) if said.type == "error" else None,
        )
        await page.goto(url)
        await page.wait_for_selector("#main[data-ready=yes]")
        try:
            yield visited
        finally:
            await browser.close()
