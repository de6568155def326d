"""Every answer carries the headers, errors are JSON, and other names than loopback are refused."""

from __future__ import annotations

import aiohttp
import pytest

from controller.surfaces.http import HttpSurface
from controller.surfaces.settings import HttpSettings
from tests.surfaces.conftest import Served
from tests.surfaces.fakes import FakeClock, FakeInbox, FakeWatch


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/healthz", "/api/v1/state", "/nowhere"])
async def test_security_headers_are_on_everything(served: Served, path: str) -> None:
    headers = (await served.http.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "aiohttp" not in headers["Server"]
    assert headers["Cache-Control"] in ("no-store", "no-cache")


async def test_an_unknown_path_is_a_problem(served: Served) -> None:
    answer = await served.http.get("/api/v2/state")
    assert answer.status == 404
    assert (await answer.json())["code"] == "not_found"


async def test_a_wrong_method_names_the_right_ones(served: Served) -> None:
    answer = await served.http.put("/api/v1/dispatches")
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}
    assert (await answer.json())["code"] == "method_not_allowed"


async def test_a_fault_inside_shows_nothing_of_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("the inner workings")

    monkeypatch.setattr(served.watch, "view", fails)
    answer = await served.http.get("/api/v1/state")
    assert answer.status == 500
    text = await answer.text()
    assert "inner workings" not in text
    assert "Traceback" not in text
    assert (await answer.json())["code"] == "internal"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8470", "127.0.0.1.evil.example", ""]
)
async def test_a_rebound_name_is_refused(served: Served, host: str) -> None:
    answer = await served.http.get("/api/v1/state", headers={"Host": host})
    assert answer.status == 421
    assert (await answer.json())["code"] == "unknown_host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:8470", "[::1]:8470"])
async def test_loopback_names_are_answered(served: Served, host: str) -> None:
    assert (await served.http.get("/healthz", headers={"Host": host})).status == 200


async def test_a_declared_name_is_answered() -> None:
    settings = HttpSettings(port=0, hosts=("Site.example",))
    surface = HttpSurface(settings, FakeInbox(), FakeWatch(), FakeClock())
    await surface.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{surface.port}") as http:
            answer = await http.get("/healthz", headers={"Host": "site.example:8443"})
            assert answer.status == 200
    finally:
        await surface.stop()


async def test_the_page_is_not_sent_again_when_it_is_known(served: Served) -> None:
    first = await served.http.get("/static/page.css")
    again = await served.http.get(
        "/static/page.css", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status == 304


@pytest.mark.parametrize("name", ["http.py", "..%2Fhttp.py", "%2E%2E/tokens.py", "nothing.js"])
async def test_only_the_files_of_the_page_are_served(served: Served, name: str) -> None:
    assert (await served.http.get(f"/static/{name}")).status == 404
