"""What every network adapter leans on: deadlines that hold, waits that spread, shared links."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref

import pytest

from controller.links.backoff import backoff_s
from controller.links.deadline import within
from controller.links.modbus import READ_COILS, WRITE_COIL, ModbusLinks, is_reply
from tests.signals.sunspec_server import UNIT, meter_model, serve, sunspec


async def test_a_deadline_holds_against_work_that_swallows_its_cancellation() -> None:
    released, stubborn = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stubborn.set()
            await released.wait()

    async with asyncio.timeout(30):
        with pytest.raises(TimeoutError):
            await within(0.01, work())
        await stubborn.wait()
    released.set()


async def test_work_in_time_gives_its_result_or_its_error() -> None:
    async def work(*, fail: bool) -> str:
        await asyncio.sleep(0)
        if fail:
            raise ValueError("its own")
        return "done"

    assert await within(30, work(fail=False)) == "done"
    with pytest.raises(ValueError, match="its own"):
        await within(30, work(fail=True))


async def test_work_that_cancels_itself_has_failed_and_cancels_nobody() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match="cancelled itself"):
        await within(30, work())


async def test_what_failed_is_gone_with_its_error() -> None:
    """Nothing waits for the garbage collector, which looks seldom."""

    class Held:
        pass

    async def work() -> None:
        held = Held()
        seen.append(weakref.ref(held))
        raise ValueError(held)

    seen: list[weakref.ref[Held]] = []
    gc.disable()
    try:
        with contextlib.suppress(ValueError):
            await within(30, work())
        await asyncio.sleep(0)
        assert [one() for one in seen] == [None]
    finally:
        gc.enable()


async def test_cancelling_the_caller_cancels_the_work() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with asyncio.timeout(30):
        caller = asyncio.ensure_future(within(3600, work()))
        await begun.wait()
        caller.cancel()
        await cancelled.wait()


def test_waits_double_up_to_a_bound_and_can_be_repeated() -> None:
    waits = [backoff_s("meter", attempt, first_s=1, most_s=30) for attempt in range(1, 60)]
    assert all(0.5 * 2**n <= waits[n] <= 2**n for n in range(5))
    assert all(15 <= wait <= 30 for wait in waits[5:])
    assert waits == [backoff_s("meter", attempt, first_s=1, most_s=30) for attempt in range(1, 60)]


def test_two_that_wait_for_the_same_do_not_come_back_in_step() -> None:
    assert len({backoff_s(f"meter {n}", 6) for n in range(50)}) == 50


async def test_a_link_is_closed_when_its_last_user_leaves() -> None:
    links = ModbusLinks()
    async with serve(sunspec(meter_model())) as meter, asyncio.timeout(30):
        async with links.use("127.0.0.1", meter.port) as one:
            async with links.use("127.0.0.1", meter.port) as other:
                assert one is other
                await one.read_holding(40000, 2, unit=UNIT, timeout_s=5)
            assert len(meter.connections()) == 1
            await one.read_holding(40000, 2, unit=UNIT, timeout_s=5)
        await meter.deserted()


async def test_half_a_reply_to_one_user_never_reaches_the_other() -> None:
    """A reader that is stopped in the middle takes the connection with it."""
    asked, deserted = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(12)
        writer.write(b"\x00\x01\x00")
        asked.set()
        assert await reader.read() == b""
        deserted.set()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, ModbusLinks().use("127.0.0.1", port) as link, asyncio.timeout(30):
        reading = asyncio.ensure_future(link.read_holding(40000, 2, unit=1, timeout_s=60))
        await asked.wait()
        reading.cancel()
        await deserted.wait()


def reply(data: bytes, protocol: int = 0, length: int | None = None) -> bytes:
    size = len(data) + 1 if length is None else length
    return b"\x00\x01" + protocol.to_bytes(2, "big") + size.to_bytes(2, "big") + b"\x03" + data


@pytest.mark.parametrize(
    ("data", "good"),
    [
        (reply(b"\x03\x02\x00\x01"), True),
        (reply(b"\x83\x02"), True),
        (reply(b"\x03\x02\x00\x01")[:7], True),
        (reply(b"\x03\x02\x00\x01")[:3], True),
        (b"", True),
        (reply(b"\x03\x02\x00\x01", protocol=1), False),
        (reply(b"\x03\x02\x00\x01", length=9), False),
        (reply(b"\x03\x03\x00\x01\x02"), False),
        (reply(b"\x04\x02\x00\x01"), False),
        (reply(b"\x83\x02\x00"), False),
    ],
)
def test_only_replies_to_our_question_reach_the_library(data: bytes, *, good: bool) -> None:
    assert is_reply(data) is good


@pytest.mark.parametrize(
    ("data", "asked", "good"),
    [
        (reply(b"\x01\x03\xff\x01\x00"), READ_COILS, True),
        (reply(b"\x01\x02\xff"), READ_COILS, False),
        (reply(b"\x81\x02"), READ_COILS, True),
        (reply(b"\x05\x00\x09\xff\x00"), WRITE_COIL, True),
        (reply(b"\x05\x00\x09\xff"), WRITE_COIL, False),
        (reply(b"\x85\x02"), WRITE_COIL, True),
        (reply(b"\x01\x03\xff\x01\x00"), WRITE_COIL, False),
    ],
)
def test_so_it_is_with_coils(data: bytes, asked: int, *, good: bool) -> None:
    assert is_reply(data, asked) is good
