"""Keys of a source stand in files: they go to the address in the configuration and nowhere else."""

from __future__ import annotations

import json
import logging
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from controller.config.compose import Settings
from controller.config.identity import public
from controller.config.load import load
from controller.config.secrets import secrets
from controller.errors import TemporaryError
from controller.wiring import SETTINGS
from tests.config.sound import provide, spoilt
from tests.signals.price_sources import (
    Source,
    document,
    first,
    price_feed,
    serving,
    told,
    until_it_fails,
)

SECRET = "Bearer s3cret-of-the-market"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return file


async def failure(url: str, folder: Path, **settings: Any) -> str:
    with pytest.raises(TemporaryError) as caught:
        await first(price_feed(url, folder, **settings))
    return str(caught.value)


async def test_headers_are_sent_as_they_stand(tmp_path: Path, key: Path) -> None:
    async with serving() as source:
        headers: dict[str, Any] = {
            "header_files": {"Authorization": key},
            "headers": {"X-Zone": "NO1"},
        }
        assert await first(price_feed(source.url, tmp_path, **headers))
    assert source.asked[0]["Authorization"] == SECRET
    assert source.asked[0]["X-Zone"] == "NO1"
    assert source.asked[0]["Accept"] == "application/json"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(tmp_path: Path, key: Path, status: int) -> None:
    async with serving() as other, serving(status=status, body=b"") as source:
        source.headers = {"Location": other.url.replace("127.0.0.1", "localhost")}
        said = await failure(source.url, tmp_path, header_files={"X-Api-Key": key})
    assert f"{status}, it redirects to localhost, which is not followed: correct url" in said
    assert len(source.asked) == 1
    assert other.asked == []


async def test_no_proxy_of_the_environment_sees_them(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as proxy, serving() as source:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert await first(price_feed(source.url, tmp_path, header_files={"X-Key": key}))
    assert proxy.asked == []


@pytest.mark.parametrize("status", [200, 302, 401])
async def test_a_source_that_says_them_back(
    tmp_path: Path, key: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    word = SECRET.split()[1]
    body = json.dumps({SECRET: 1, word: 2, "rows": [{"from": word, "value": word}]}).encode()
    headers = {"Content-Type": word, "Location": f"http://{word}/{word}"}
    caplog.set_level(logging.DEBUG)
    files = {"header_files": {"Authorization": key}}
    async with serving(status=status, body=body, headers=headers) as source:
        said = [await failure(source.url, tmp_path, **files, rows=rows) for rows in ("x", "rows")]
    assert word not in "".join(said)
    assert word not in caplog.text


async def test_a_key_that_stands_where_a_price_belongs(tmp_path: Path, key: Path) -> None:
    """It goes to the ledger as text, to be refused."""
    async with serving(body=document(SECRET, "n/a")) as source:
        feed = price_feed(source.url, tmp_path, header_files={"X-Key": key})
        assert told(await first(feed, 2)) == [("17:00", "no number"), ("17:15", "n/a")]


async def test_a_key_may_be_changed_while_the_daemon_runs(tmp_path: Path, key: Path) -> None:
    async with serving(status=401) as source:
        feed = price_feed(source.url, tmp_path, header_files={"X-Key": key})
        assert "401" in str((await until_it_fails(feed))[1])
        key.write_text("another")  # noqa: ASYNC240
        assert "401" in str((await until_it_fails(feed))[1])
    assert [asked["X-Key"] for asked in source.asked] == [SECRET, "another"]


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (None, 0, "cannot be read: No such file or directory"),
        ("", 0o600, "is empty: put the secret into it"),
        ("one\r\nX-Other: two", 0o600, "must hold one line of printable ASCII"),
        ("schlüssel", 0o600, "must hold one line of printable ASCII"),
        ("x" * 5000, 0o600, "is longer than 4096 bytes"),
        ("open-to-all", 0o644, "is open to other users: chmod 600 it"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: str | None, mode: int, message: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    async with serving() as source:
        said = await failure(source.url, tmp_path, header_files={"X-Key": file})
    assert f"feeds.price.header_files.X-Key: {file} {message}" in said
    assert source.asked == []
    assert not content or content not in said


def configured(folder: Path) -> Settings:
    path = spoilt(
        folder,
        "{adapter: price_file, path: prices.csv, time_column: t, price_column: p}",
        "{adapter: price_http, url: 'https://prices.example/now', rows: rows, start: s, end: e, "
        "price: p, header_files: {X-Api-Key: key}}",
    )
    return load(path, SETTINGS, {})


def test_the_configuration_knows_them_as_secrets(tmp_path: Path, key: Path) -> None:
    settings = configured(provide(tmp_path))
    assert SECRET in secrets(settings)
    recorded = json.dumps(public(settings))
    assert '"header_files": {"X-Api-Key": "key"}' in recorded
    assert str(tmp_path) not in recorded


@pytest.mark.parametrize(
    ("mode", "reason"), [(None, "there is no file key: put it there"), (0o644, "chmod 600 it")]
)
def test_check_names_a_file_that_cannot_be_used(
    tmp_path: Path, key: Path, mode: int | None, reason: str
) -> None:
    key.unlink() if mode is None else key.chmod(mode)
    with pytest.raises(Exception, match=r"feeds\.price\.header_files\.X-Api-Key: ") as caught:
        configured(provide(tmp_path))
    assert reason in str(caught.value).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"url": "ftp://prices.example"}, "must be an address like"),
        ({"url": "https:///prices"}, "must be an address like"),
        ({"url": "https://prices.example:99999/"}, "must be an address like"),
        ({"url": "https://prices.example/\r\nHost: other"}, "must be an address like"),
        ({"url": "https://me:key@prices.example/"}, "must hold no user and password"),
        ({"headers": {"X-Api-Key": "k"}}, "X-Api-Key looks like a secret"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "should match pattern"),
        ({"headers": {"Host": "other"}}, "the header host is set by curtaild"),
        ({"headers": {"X-A": "1"}, "header_files": {"x-a": "f"}}, "x-a is given twice"),
        (
            {"url": "http://prices.example/", "header_files": {"X-A": "f"}},
            "would be sent in clear: use https",
        ),
        ({"rows": "data..rows"}, "has an empty key"),
        ({"expect": {"a.": "b"}}, "has an empty key"),
        ({"end": "e", "interval_minutes": 15}, "give either end or interval_minutes"),
        ({"interval_minutes": None}, "give either end or interval_minutes"),
        ({"zone": "Europe/Osslo"}, "is not a time zone"),
        ({"factor": "NaN"}, "finite"),
        ({"poll_s": 0.1}, "greater than or equal to 5"),
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, Any], message: str) -> None:
    settings = {"url": "https://prices.example/", **wrong}
    with pytest.raises(ValidationError, match=message):
        price_feed(settings.pop("url"), Path(), **settings)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of 127.0.0.1 in one file, signed by itself."""
    file = tmp_path / "certificate.pem"
    kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test"
    named = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(file), "-out", str(tmp_path / "c")]
    try:
        subprocess.run(["openssl", *kind.split(), *named, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    file.write_text(file.read_text() + (tmp_path / "c").read_text())
    return file


async def test_a_certificate_has_to_be_trusted(
    tmp_path: Path, key: Path, certificate: Path
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    source, app = Source(), web.Application()
    app.router.add_get("/", source.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/"
    files: dict[str, Any] = {"header_files": {"X-Key": key}}
    said = await failure(url, tmp_path, **files)
    assert "its certificate is not trusted (self-signed certificate): check url" in said
    assert source.asked == []
    assert await first(price_feed(url, tmp_path, **files, ca_file=certificate))
    assert "ca_file" in await failure(url, tmp_path / "new", **files, ca_file=key)
    await runner.cleanup()


async def test_https_to_a_port_that_speaks_http(tmp_path: Path) -> None:
    async with serving() as source:
        said = await failure(source.url.replace("http:", "https:"), tmp_path)
    assert "no TLS could be agreed: check that the port speaks https" in said
