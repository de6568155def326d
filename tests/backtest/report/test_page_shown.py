"""The page in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.surfaces.browser import ARGUMENTS, CHROMIUM, needs_chromium

pytestmark = needs_chromium


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_plots_are_seen_and_nothing_is_said(
    page: str, tmp_path: Path, scheme: str
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    asked: list[str] = []
    said: list[str] = []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        shown = await browser.new_page(
            viewport={"width": 1280, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        shown.on("request", lambda sent: asked.append(sent.url))
        shown.on("console", lambda word: said.append(word.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        await shown.goto(file.as_uri())
        sizes = await shown.eval_on_selector_all(
            "figure svg",
            "all => all.map(one => one.getBoundingClientRect()).map(r => [r.width, r.height])",
        )
        ink = await shown.eval_on_selector("figure svg text", "one => getComputedStyle(one).fill")
        body = await shown.eval_on_selector("body", "one => getComputedStyle(one).color")
        for width in (1280, 420):
            await shown.set_viewport_size({"width": width, "height": 800})
            assert await shown.evaluate("document.documentElement.scrollWidth") == width
        await browser.close()
    assert len(sizes) == 5
    assert all(width > 600 and height > 200 for width, height in sizes)
    assert said == []
    assert asked in ([file.as_uri()], [file.as_uri(), "data:,"])
    assert ink != "rgb(0, 0, 0)"
    assert body == ("rgb(224, 232, 230)" if scheme == "dark" else "rgb(22, 33, 31)")
