from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from tests.app.loop import CHEAP, Loop


@pytest.fixture
def quiet() -> Iterator[None]:
    """What is broken on purpose is not logged at length."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
async def loop() -> Loop:
    """On cheap power, with every feed heard."""
    loop = Loop()
    loop.hashprice()
    loop.meter()
    loop.price(CHEAP)
    return loop
