"""A real server on a free port, with the app's side of it in the test's hands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from controller.surfaces.http import HttpSurface
from controller.surfaces.settings import HttpSettings
from tests.surfaces.fakes import FakeClock, FakeInbox, FakeWatch
from tests.surfaces.views import a_view

SECRETS = {"utility": "utility-secret-0123456789", "control-room": "control-room-secret-0123"}


@dataclass
class Served:
    """A surface that listens, and what stands behind it."""

    surface: HttpSurface
    inbox: FakeInbox
    watch: FakeWatch
    clock: FakeClock
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.surface.port}"


def bearer(authority: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {SECRETS[authority]}"}


def token_files(folder: Path) -> dict[str, Path]:
    files = {}
    for name, secret in SECRETS.items():
        files[name] = folder / f"{name}.token"
        files[name].write_text(secret + "\n")
        files[name].chmod(0o600)
    return files


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    settings = HttpSettings(port=0, tokens=token_files(tmp_path), operators=("control-room",))
    inbox, watch, clock = FakeInbox(), FakeWatch(a_view()), FakeClock()
    surface = HttpSurface(settings, inbox, watch, clock)
    await surface.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{surface.port}") as http:
        yield Served(surface, inbox, watch, clock, http)
    await surface.stop()
