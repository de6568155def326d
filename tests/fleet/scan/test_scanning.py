"""A scan finds every miner there is, and asks nobody else."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from ipaddress import ip_address
from pathlib import Path

from controller.fleet.antminer import AntminerMiners
from controller.fleet.scan.finding import Answered, Finding
from controller.fleet.scan.scanning import scan
from tests.fleet.help import Proxy, wire
from tests.fleet.stock_antminer import StockAntminer, running
from tests.simulator.help import HandClock, free_address, free_port, small_site
from tests.simulator.help import running as farm_running

from .conftest import Asking

SILENT = 200


def following(address: str, count: int) -> list[str]:
    return [str(ip_address(address) + place) for place in range(count)]


def nobody_counts(_: int) -> None:
    """Where progress is not what is tested."""


async def test_all_that_answer_are_found_among_many_that_do_not(asking: Asking) -> None:
    address, shed = free_address(), free_address()
    port, web = free_port(address), free_port(shed)
    hall = {"id": "hall", "miners": 200, "address": address, "port": port}
    stock = {"id": "shed", "make": "antminer", "miners": 100, "address": shed, "port": web}
    site = small_site(groups=[hall, stock], site_meter=None, control=None)
    addresses = [*following(address, 200), *following(shed, 100), *following("127.9.0.1", SILENT)]
    done: list[int] = []
    async with farm_running(site, HandClock()):
        findings = await scan(addresses, asking(port, web), 64, done.append)
    assert [one.address for one in findings] == addresses
    found = Counter((one.answered, one.firmware) for one in findings)
    assert found == {
        (Answered.FOUND, "luxos"): 200,
        (Answered.FOUND, "antminer"): 100,
        (Answered.NOTHING, ""): SILENT,
    }
    assert len({one.mac for one in findings if one.mac}) == 300
    assert done == list(range(1, len(addresses) + 1))


async def test_a_miner_is_only_read(asking: Asking) -> None:
    address = free_address()
    hall = {"id": "hall", "miners": 1, "address": address, "port": free_port(address)}
    site = small_site(groups=[hall], site_meter=None, control=None)
    async with farm_running(site, HandClock()) as farm:
        proxy = Proxy(farm)
        async with wire(proxy.talk) as (where, port):
            (finding,) = await scan([where], asking(port), 4, nobody_counts)
    assert finding.answered is Answered.FOUND
    assert proxy.commands == ["config"]


async def look(asking: Asking, miner: StockAntminer, **how: object) -> Finding:
    async with running(miner) as (address, port):
        questions = asking(antminer=port, **how)
        (finding,) = await scan([address], questions, 4, nobody_counts)
    return finding


async def test_a_password_is_tried_once(asking: Asking) -> None:
    miner = StockAntminer(password="changed")
    finding = await look(asking, miner)
    assert finding.answered is Answered.REFUSED_CREDENTIALS
    assert "does not accept our name and password" in finding.why
    assert miner.attempts == 1


async def test_strangers_that_refuse_us_hide_no_miner(asking: Asking) -> None:
    address = free_address()
    port = free_port(address)
    miners = [StockAntminer(password="theirs") for _ in range(6)] + [StockAntminer()]
    addresses = following(address, len(miners))
    async with AsyncExitStack() as stack:
        for one, where in zip(miners, addresses, strict=True):
            await stack.enter_async_context(running(one, where, port))
        findings = await scan(addresses, asking(antminer=port), 1, nobody_counts)
    assert [one.answered for one in findings] == [Answered.REFUSED_CREDENTIALS] * 6 + [
        Answered.FOUND
    ]


async def test_a_configured_group_is_asked_with_its_own_password(
    asking: Asking, tmp_path: Path
) -> None:
    secret = tmp_path / "antminer"
    await asyncio.to_thread(secret.write_text, "ours\n")
    secret.chmod(0o600)
    miner = StockAntminer(password="ours")
    async with running(miner) as (address, port):
        group = AntminerMiners(
            addresses=(address,), port=port, nameplate_w=3500, password_file=secret
        )
        (finding,) = await scan([address], asking(groups=(group,)), 4, nobody_counts)
    assert (finding.answered, finding.port) == (Answered.FOUND, port)


async def test_what_is_no_miner_is_named_with_what_it_said(asking: Asking) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        await writer.drain()

    async with wire(greet) as (address, port):
        (finding,) = await scan([address], asking(port), 4, nobody_counts)
    assert finding.answered is Answered.UNKNOWN
    assert finding.why.startswith(f"{address}: ")


async def test_who_takes_the_question_and_says_nothing_holds_up_nobody(asking: Asking) -> None:
    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        await asyncio.Event().wait()

    async with wire(hang) as (address, port):
        (finding,) = await scan([address], asking(port), 4, nobody_counts)
    assert finding.answered is Answered.UNKNOWN
