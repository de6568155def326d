"""A wrong password of a group locks out none of its miners."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from controller.fleet.antminer.driver import AntminerDriver
from controller.fleet.driver import Measured, Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import Identity

from .stock_antminer import StockAntminer, answering, driver_of, known, running

MANY = 12


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "antminer"
    file.write_text("wrong\n")
    file.chmod(0o600)
    return file


class Group:
    """Miners with one password file."""

    def __init__(
        self,
        miners: list[StockAntminer],
        identities: list[Identity],
        toolbox: Toolbox,
        password: Path,
    ) -> None:
        self.miners = miners
        self._identities = identities
        self._password = password
        self.driver: AntminerDriver = driver_of(toolbox, password_file=password)

    async def read_all(self) -> list[Measured | BaseException]:
        """All at once."""
        reads = [self.driver.read(identity) for identity in self._identities]
        return await asyncio.gather(*reads, return_exceptions=True)

    def holds(self, password: str) -> None:
        """The password file, from now on."""
        self._password.write_text(f"{password}\n")

    def attempts(self) -> list[int]:
        return [one.attempts for one in self.miners]


@pytest.fixture
async def group(toolbox: Toolbox, password: Path) -> AsyncIterator[Group]:
    miners = [StockAntminer(password="right") for _ in range(MANY)]
    async with AsyncExitStack() as stack:
        places = [await stack.enter_async_context(running(one)) for one in miners]
        yield Group(miners, [known(*place) for place in places], toolbox, password)


async def test_after_three_refusals_the_rest_of_the_group_is_not_asked(group: Group) -> None:
    for _ in range(3):
        errors = await group.read_all()
        assert all(isinstance(one, MinerError) for one in errors)
    assert sum(group.attempts()) == 3
    assert max(group.attempts()) == 1
    (said,) = {str(one) for one in errors if "not asked: 3 miners of its group" in str(one)}
    assert "correct" in said
    assert "wrong" not in said


async def test_another_password_is_tried_at_one_miner_before_the_rest(group: Group) -> None:
    await group.read_all()
    group.holds("wrong too")
    for one in group.miners[1:]:
        one.password = "wrong too"
    answers = await group.read_all()
    refused = [one for one in answers if isinstance(one, BaseException)]
    assert len(refused) == 1, "the others accept it, whatever one of them says"


async def test_the_right_password_reads_all(group: Group) -> None:
    await group.read_all()
    group.holds("right")
    assert all(isinstance(one, Measured) for one in await group.read_all())


async def test_a_password_that_some_accept_is_tried_once_at_each_of_the_others(
    group: Group,
) -> None:
    group.holds("right")
    await group.read_all()
    before = group.attempts()
    for one in group.miners[:6]:
        one.password, one.nonce = "changed", "77aa"
    for _ in range(3):
        answers = await group.read_all()
    kinds = [one.kind if isinstance(one, MinerError) else None for one in answers]
    assert kinds == [FaultKind.UNAUTHORISED] * 6 + [None] * 6
    again = [now - then for now, then in zip(group.attempts(), before, strict=True)]
    assert max(again[:6]) <= 2, "with the nonce that it knew, and with a fresh one"


async def test_a_miner_that_calls_every_nonce_old_has_not_refused_us(toolbox: Toolbox) -> None:
    miner = StockAntminer()
    stale = 'Digest realm="antMiner Configuration", nonce="5f3c", qop="auth", stale=true'
    miner.faults["get_system_info"] = answering(status=401, WWW_Authenticate=stale)
    driver = driver_of(toolbox)
    async with running(miner) as place:
        with pytest.raises(MinerError, match="for old") as refused:
            await driver.read(known(*place))
        assert refused.value.kind is FaultKind.REFUSED
        miner.faults.clear()
        assert (await driver.read(known(*place))).level == "normal-70"
