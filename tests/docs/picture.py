"""Makes docs/images/page.png of the demonstration, while `make run` goes in another terminal:

    .venv/bin/python -m tests.docs.picture

It waits for the dispatch to be obeyed, about half a minute after the start.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page

from tests.surfaces.browser import visit

PAGE = "http://127.0.0.1:8470/"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "page.png"
LARGEST_BYTES = 200_000
LOOKS = 240

OBEYED = """async () => {
    const state = await (await fetch('/api/v1/state')).json();
    const power = state.power_kw.value;
    return state.dispatches.some((one) => one.in_force)
        && power !== null && power <= state.limit_kw
        && state.groups.every((group) => group.moving === 0);
}"""


async def obeyed(page: Page) -> bool:
    """Whether the site comes to stand at what a dispatch asks, within some minutes."""
    for _ in range(LOOKS):
        if await page.evaluate(OBEYED):
            return True
        await asyncio.sleep(0.5)
    return False


async def main(url: str) -> int:
    """Save the picture once the dispatch is obeyed."""
    async with visit(url) as visited:
        page = visited.page
        await page.set_viewport_size({"width": 1280, "height": 900})
        if not await obeyed(page):
            sys.stderr.write(f"{url}: no dispatch was obeyed; start `make run` anew\n")
            return 1
        await asyncio.sleep(2)  # for a stretch of it in the chart
        image = await page.screenshot()
    if len(image) > LARGEST_BYTES:
        sys.stderr.write(f"{len(image)} bytes are more than {LARGEST_BYTES}\n")
        return 1
    PICTURE.write_bytes(image)
    sys.stdout.write(f"{PICTURE.name}: {len(image)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*(sys.argv[1:] or [PAGE]))))
