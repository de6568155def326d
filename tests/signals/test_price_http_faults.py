"""A source that answers pages, pieces, bombs or nothing: a clear temporary error, and no harm."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from controller.app.supervisor import Supervisor
from controller.errors import TemporaryError
from tests.signals.price_sources import Writing, document, first, price_feed, serving, writing
from tests.virtual_clock import VirtualClock

SOON_S = 0.4
"""Real seconds after which the tests give up on a source."""
LIMIT = 20_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


async def failure(url: str, folder: Path, **settings: Any) -> TemporaryError:
    with pytest.raises(TemporaryError) as caught:
        await first(price_feed(url, folder, **{"reply_limit_bytes": LIMIT, **settings}))
    return caught.value


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def silence(writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def breaks_off(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 5000\r\n\r\n" + document(48.2))


async def breaks_off_in_a_chunk(writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED + b"\r\n" + chunk(document(48.2)))


async def half_of_gzip(writer: asyncio.StreamWriter) -> None:
    half = gzip.compress(document(48.2))[:-20]
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(half)
    writer.write(head + half)


async def no_gzip(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")


async def more_after_gzip(writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunk(gzip.compress(b"{}")))
    await writer.drain()
    while True:
        writer.write(chunk(b"\0" * 100))
        await writer.drain()
        await asyncio.sleep(0)


async def unasked_packing(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}")


async def without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED + b"\r\n")
    while not writer.is_closing():
        writer.write(chunk(b" " * 4096))
        await writer.drain()
        await asyncio.sleep(0)


async def compressed_without_end(writer: asyncio.StreamWriter) -> None:
    """A thousand to one, for as long as somebody reads."""
    writer.write(CHUNKED + b"Content-Encoding: gzip\r\n\r\n")
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    while not writer.is_closing():
        writer.write(chunk(press.compress(b"0" * 10_000_000) + press.flush(zlib.Z_SYNC_FLUSH)))
        await writer.drain()
        await asyncio.sleep(0)


async def compressed_nothing_without_end(writer: asyncio.StreamWriter) -> None:
    """Empty blocks: bytes come in, and none ever come out."""
    writer.write(CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunk(gzip.compress(b"")[:10]))
    while not writer.is_closing():
        writer.write(chunk(b"\x00\x00\x00\xff\xff" * 500))
        await writer.drain()
        await asyncio.sleep(0)


async def drop_by_drop(writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED + b"\r\n")
    while not writer.is_closing():
        writer.write(chunk(b" "))
        await writer.drain()
        await asyncio.sleep(0.02)


async def headers_without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: and more\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (silence, "no whole answer within 0.4 s"),
        (drop_by_drop, "no whole answer within 0.4 s"),
        (hang_up, "it hung up without an answer"),
        (no_http, "not HTTP: check url and its port"),
        (breaks_off, "its answer breaks off"),
        (breaks_off_in_a_chunk, "its answer breaks off"),
        (half_of_gzip, "its compressed answer breaks off"),
        (no_gzip, "its compressed answer is corrupt"),
        (more_after_gzip, "its compressed answer goes on after its end"),
        (unasked_packing, "packed in a way that was not asked for"),
    ],
)
async def test_an_answer_that_is_none(write: Writing, message: str, tmp_path: Path) -> None:
    async with writing(write) as url:
        error = await failure(url, tmp_path, timeout_s=SOON_S)
    assert message in str(error)
    assert error.delay_s > 1
    assert not (tmp_path / "feeds").exists()
    # a query may hold a key
    assert "in-the-query" not in str(error)


@pytest.mark.parametrize(
    "write", [without_end, compressed_without_end, compressed_nothing_without_end]
)
async def test_an_answer_without_end_is_cut_at_its_limit(write: Writing, tmp_path: Path) -> None:
    async with writing(write) as url:
        error = await failure(url, tmp_path, timeout_s=30)
    assert f"its answer has more than {LIMIT} bytes" in str(error)


async def test_headers_without_end_are_given_up(tmp_path: Path) -> None:
    async with writing(headers_without_end) as url:
        assert str(await failure(url, tmp_path, timeout_s=SOON_S)).startswith("http://127.0.0.1:")


async def test_an_answer_of_just_the_limit_is_read(tmp_path: Path) -> None:
    body = document(48.2).ljust(LIMIT)
    packed = {"Content-Encoding": "gzip"}
    async with serving(body=gzip.compress(body), headers=packed) as source:
        feed = price_feed(source.url, tmp_path, reply_limit_bytes=LIMIT)
        assert (await first(feed))[0].price_per_mwh == "48.2"
        source.body = gzip.compress(body + b" ")
        assert "more than 20000 bytes" in str(await failure(source.url + "/other", tmp_path))


async def test_a_page_instead_of_prices(tmp_path: Path) -> None:
    page = b"<html><script>alert(1)</script>We are down for maintenance</html>"
    kind = {"Content-Type": "text/html; charset=utf-8"}
    async with serving(body=page, headers=kind) as source:
        error = await failure(source.url, tmp_path)
    assert "the answer is not JSON (it is text/html): check the settings of the feed" in str(error)
    assert "script" not in str(error)


async def test_prices_that_call_themselves_a_page_are_read(tmp_path: Path) -> None:
    async with serving(headers={"Content-Type": "text/html"}) as source:
        assert (await first(price_feed(source.url, tmp_path)))[0].price_per_mwh == "48.2"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"[" * 15_000, b'{"rows": [', b"NaN"])
async def test_a_body_that_is_no_document(body: bytes, tmp_path: Path) -> None:
    async with serving(body=body) as source:
        assert "check the settings of the feed" in str(await failure(source.url, tmp_path))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (204, "204 instead of 200: check url"),
        (304, "304, nothing has changed, which was not asked"),
        (401, "401, the source wants a key, or another one: check the files of header_files"),
        (403, "403, the key may not read this: check the files of header_files"),
        (404, "404, there is nothing at this address: check url"),
        (418, "418 instead of 200"),
        (429, "429, too many requests: raise poll_s"),
        (503, "503, the source is out of service"),
        (507, "507, the source has a fault of its own"),
    ],
)
async def test_a_status_says_what_to_do(status: int, message: str, tmp_path: Path) -> None:
    async with serving(status=status, body=b"") as source:
        assert message in str(await failure(source.url, tmp_path))


@pytest.mark.parametrize(
    ("headers", "delay_s"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "99999999999"}, 3600),
        ({"Retry-After": "-5"}, 300),
        ({"Retry-After": "soon"}, 300),
        (
            {
                "Retry-After": "Wed, 06 Sep 2023 17:20:00 GMT",
                "Date": "Wed, 06 Sep 2023 17:00:00 GMT",
            },
            1200,
        ),
    ],
)
async def test_a_source_may_ask_to_be_left_alone(
    headers: dict[str, str], delay_s: float, tmp_path: Path
) -> None:
    async with serving(status=429, headers=headers, body=b"") as source:
        poll_s = min(delay_s, 300)
        error = await failure(source.url, tmp_path, poll_s=poll_s)
    assert error.delay_s == delay_s


async def test_the_longer_it_fails_the_longer_the_delay(tmp_path: Path) -> None:
    async with serving(status=500) as source:
        feed = price_feed(source.url, tmp_path)
        delays = []
        for _ in range(8):
            with pytest.raises(TemporaryError) as caught:
                await first(feed)
            delays.append(caught.value.delay_s)
    assert delays[3] > 2 * delays[0]
    assert max(delays) <= 300


async def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        assert "no connection: check url and the network" in str(await failure(url, tmp_path))


async def test_a_host_that_is_not_found(tmp_path: Path) -> None:
    error = await failure("http://prices.invalid/today", tmp_path)
    assert "its host was not found: check url and the name server" in str(error)


async def test_stopping_while_a_source_hangs_closes_its_connection(tmp_path: Path) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        assert await reader.read() == b""
        closed.set()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server, asyncio.timeout(30):
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        reading = asyncio.ensure_future(first(price_feed(url, tmp_path, timeout_s=60)))
        await asked.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await closed.wait()


async def test_under_its_supervisor_it_comes_back_and_shows_why_it_was_away(
    tmp_path: Path,
) -> None:
    clock, said = VirtualClock(), []
    supervisor = Supervisor(clock)
    async with serving(body=b"<html>") as source:
        feed = price_feed(source.url, tmp_path, clock)

        async def listen() -> None:
            async with aclosing(feed.samples()) as samples:
                while True:
                    said.append((await anext(samples)).price_per_mwh)

        life = asyncio.ensure_future(supervisor.keep("price", "feed", listen))
        await clock.until_asleep()
        health = supervisor.health()["price"]
        assert health.running
        assert health.errors == 1
        assert "is not JSON" in health.last_error
        source.body = document(48.2)
        await clock.advance(30)
        await clock.until_asleep()
        life.cancel()
        await asyncio.wait({life})
    assert said == ["48.2"]
