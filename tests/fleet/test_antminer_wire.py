"""Web servers that are no Antminer, or one that has gone mad: bounded, named, and no reading."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import OFF

from .help import HASTY, Talk, wire
from .stock_antminer import StockAntminer, answering, driver_of, known, running

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BAD = {
    "no HTTP": (b'{"STATUS":"S"}\r\n\r\n', FaultKind.GARBAGE),
    "a page": (HEAD + b"Content-Length: 6\r\n\r\n<html>", FaultKind.GARBAGE),
    "nothing": (b"", FaultKind.NO_REPLY),
    "half a head": (HEAD, FaultKind.NO_REPLY),
    "half a body": (HEAD + b'Content-Length: 500\r\n\r\n{"minertype"', FaultKind.NO_REPLY),
    "half a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{", FaultKind.NO_REPLY),
    "two lengths": (
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        FaultKind.GARBAGE,
    ),
    "deep": (HEAD + b"\r\n" + b'{"a":' * 20_000, FaultKind.GARBAGE),
    "a long head": (HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n{}", FaultKind.GARBAGE),
    "many heads": (HEAD + b"X: x\r\n" * 50_000 + b"\r\n{}", FaultKind.GARBAGE),
    "another place": (
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        FaultKind.GARBAGE,
    ),
    "compressed": (
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        FaultKind.GARBAGE,
    ),
    "503": (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", FaultKind.REFUSED),
    "a password of another kind": (
        b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
        FaultKind.UNAUTHORISED,
    ),
    "a challenge without a nonce": (
        b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="x"\r\nContent-Length: 0\r\n\r\n',
        FaultKind.GARBAGE,
    ),
}


def saying(reply: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()
        writer.write_eof()
        await reader.read()

    return talk


@pytest.mark.parametrize(("reply", "kind"), BAD.values(), ids=BAD.keys())
async def test_bad_answers_are_named(reply: bytes, kind: FaultKind, toolbox: Toolbox) -> None:
    async with wire(saying(reply)) as place:
        for call in (
            driver_of(toolbox).read(known(*place)),
            driver_of(toolbox).apply(known(*place), OFF),
        ):
            with pytest.raises(MinerError, match=r"^m1: ") as caught:
                await call
            assert caught.value.kind is kind
            assert len(str(caught.value)) < 400, "a message does not repeat all that came"


async def test_without_end_it_is_cut_off(toolbox: Toolbox) -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"\r\n")
        while True:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async with wire(pour) as place:
        with pytest.raises(
            MinerError, match=r"m1: cut off: a reply of more than 1048576"
        ) as caught:
            await driver_of(toolbox).read(known(*place))
    assert caught.value.kind is FaultKind.TOO_LONG
    assert sent < 40 * HASTY.reply_limit_bytes


async def test_silence_ends_at_the_deadline(toolbox: Toolbox) -> None:
    gone = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        gone.set()

    async with wire(hang) as place:
        with pytest.raises(MinerError, match=r"m1: no whole reply within 0\.5 s") as caught:
            await driver_of(toolbox).read(known(*place))
        assert caught.value.kind is FaultKind.NO_REPLY
        await asyncio.wait_for(gone.wait(), 10)
    assert toolbox.tally.abandoned == 1


async def test_cancellation_is_prompt_and_closes_the_connection(toolbox: Toolbox) -> None:
    """With deadlines of a minute, so that none of them can be what ends it."""
    patient = HASTY.model_copy(update={"reply_timeout_s": 60.0, "command_timeout_s": 60.0})
    here, gone = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        here.set()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        gone.set()

    async with wire(hang) as place:
        driver = driver_of(Toolbox(patient, toolbox.tally, toolbox.owed))
        telling = asyncio.create_task(driver.apply(known(*place), OFF))
        await asyncio.wait_for(here.wait(), 10)
        telling.cancel()
        await asyncio.wait({telling}, timeout=10)
        assert telling.cancelled()
        await asyncio.wait_for(gone.wait(), 10)


async def test_a_wrong_password_is_tried_once(toolbox: Toolbox) -> None:
    miner = StockAntminer(password="changed")
    driver = driver_of(toolbox)
    async with running(miner) as place:
        with pytest.raises(MinerError, match="m1: it does not accept our name and password") as one:
            await driver.read(known(*place))
        assert one.value.kind is FaultKind.UNAUTHORISED
        for call in (driver.read(known(*place)), driver.apply(known(*place), OFF)):
            with pytest.raises(MinerError, match=r"m1: .* is not asked with it again, lest it lo"):
                await call
        assert miner.attempts == 1


async def test_a_corrected_password_file_is_tried_at_once(
    toolbox: Toolbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("secrets") / "antminer"
    file.write_text("wrong\n")
    file.chmod(0o600)
    miner = StockAntminer(password="right")
    driver = driver_of(toolbox, password_file=file)
    async with running(miner) as place:
        for _ in range(2):
            with pytest.raises(MinerError):
                await driver.read(known(*place))
        assert miner.attempts == 1
        file.write_text("right\n")
        assert (await driver.read(known(*place))).level == "normal-70"


async def test_a_nonce_that_is_over_is_no_wrong_password(toolbox: Toolbox) -> None:
    miner = StockAntminer()
    driver = driver_of(toolbox)
    async with running(miner) as place:
        await driver.read(known(*place))
        miner.nonce = "another"
        await driver.read(known(*place))


async def test_asleep_some_firmware_says_nothing_of_its_rate(toolbox: Toolbox) -> None:
    miner = StockAntminer(faults={"summary": answering('{"SUMMARY":[]}')})
    miner.conf = miner.conf.replace('mode" : "0"', 'mode" : "1"')
    async with running(miner) as place:
        assert (await driver_of(toolbox).read(known(*place))).level == OFF
        with pytest.raises(MinerError, match="wake it once, or declare nameplate_ths"):
            await driver_of(toolbox).curve(known(*place))


async def test_names_and_units_of_older_firmware(toolbox: Toolbox) -> None:
    miner = StockAntminer(
        faults={
            "summary": answering('{"SUMMARY":[{"GHS 5s":"110566.89","Accepted":4057}]}'),
            "pools": answering('{"POOLS":[{"Accepted":4057},{"Accepted":0}]}'),
        }
    )
    async with running(miner) as place:
        measured = await driver_of(toolbox).read(known(*place))
    assert (str(measured.hashrate_ths), measured.accepted) == ("110.567", 4057)
