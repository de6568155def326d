"""Orders, locks and recalls from the command line, through a running daemon."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from controller.errors import PermanentError, TemporaryError
from controller.model.grid import ManualOrder
from controller.surfaces.http import HttpSurface
from controller.surfaces.settings import HttpSettings
from tests.commands.conftest import environment
from tests.config.sound import SECRET, spoilt
from tests.surfaces.fakes import FakeClock, FakeInbox, FakeWatch
from tests.surfaces.views import COST, NOW, a_view, seen_now

WHO = ("--who", "R. Ortiz", "--why", "fans are being cleaned")
OPERATOR = ("  port: 8470\n", "  port: 8470\n  operators: [grid-operator]\n")


class Inbox(FakeInbox):
    """Shows in the next decision what it was told, as the app does, while any is made."""

    def __init__(self, watch: FakeWatch) -> None:
        super().__init__()
        self.watch = watch
        self.decides = True

    async def order(self, order: ManualOrder, *, ended: bool = False) -> None:
        await super().order(order, ended=ended)
        if not self.decides:
            return
        view = self.watch.view()
        assert view is not None
        standing = {name: one for name, one in view.seen.orders.items() if name != order.id}
        if not ended:
            standing[order.id] = order
        await self.watch.show(replace(view, seen=replace(view.seen, orders=standing)))


@dataclass
class Daemon:
    folder: Path
    inbox: Inbox
    port: int

    async def told(self, *args: str) -> tuple[int, str, str]:
        """Exit code, output and complaint of `curtaild *args`."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "controller", *args, "--config", "site.yaml"),
            cwd=self.folder,
            env=environment(CURTAILD_HTTP__PORT=str(self.port)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await child.communicate()
        assert child.returncode is not None
        return child.returncode, out.decode(), err.decode()


@pytest.fixture
async def daemon(folder: Path) -> AsyncIterator[Daemon]:
    spoilt(folder, *OPERATOR)
    token = {"grid-operator": folder / "tokens" / "grid"}
    watch = FakeWatch(a_view(seen=seen_now(orders={})))
    inbox = Inbox(watch)
    settings = HttpSettings(port=0, tokens=token, operators=("grid-operator",))
    surface = HttpSurface(settings, inbox, watch, FakeClock())
    await surface.start()
    yield Daemon(folder, inbox, surface.port)
    await surface.stop()


def only(daemon: Daemon) -> ManualOrder:
    ((order, ended),) = daemon.inbox.orders
    assert not ended
    return order


async def test_stop_is_an_order_for_off_that_ends_by_itself(daemon: Daemon) -> None:
    code, out, err = await daemon.told("fleet", "stop", "hall-a", *WHO, "--for", "1h30m")
    assert (code, err) == (0, "")
    order = only(daemon)
    assert (order.scope, order.level, order.limit_w) == ("hall-a", "off", None)
    assert (order.person, order.why) == WHO[1::2]
    assert order.until == NOW + timedelta(minutes=90)
    assert out.startswith(f"{order.id}: hall-a stopped, by R. Ortiz until 2023-09-06T")


async def test_a_level_until_a_time(daemon: Daemon) -> None:
    until = (NOW + timedelta(hours=3)).isoformat()
    args = ("fleet", "level", "127.20.1.7", "265MHz", *WHO, "--until", until, "--json")
    code, out, _ = await daemon.told(*args)
    assert code == 0
    order = only(daemon)
    assert (order.scope, order.level, order.until.isoformat()) == ("127.20.1.7", "265MHz", until)
    assert json.loads(out)["id"] == order.id


@pytest.mark.parametrize(
    ("said", "kept", "shown"),
    [
        (("limit", "hall-a", "60.5"), ("hall-a", 60_500, None, False, False), "at most 60.5 kW"),
        (
            ("limit", "site", "0", "--emergency"),
            ("site", 0, None, False, True),
            "at most 0.0 kW, as an emergency",
        ),
        (("floor", "hall-b", "20"), ("hall-b", None, 20_000, False, False), "at least 20.0 kW"),
        (
            ("hold",),
            ("site", None, None, True, False),
            "site held: nothing starts or stops for money",
        ),
    ],
)
async def test_limits_floors_and_holds(
    daemon: Daemon, said: tuple[str, ...], kept: tuple[Any, ...], shown: str
) -> None:
    code, out, err = await daemon.told("fleet", *said, *WHO, "--for", "2h")
    assert (code, err) == (0, "")
    order = only(daemon)
    assert (order.scope, order.limit_w, order.floor_w, order.hold, order.emergency) == kept
    assert order.id.startswith(f"{said[0]}-")
    assert f"{shown}, by R. Ortiz until" in out


@pytest.mark.parametrize("kw", ["many", "-1", "nan", "inf"])
async def test_what_is_no_power_is_refused_on_the_command_line(daemon: Daemon, kw: str) -> None:
    code, _, err = await daemon.told("fleet", "limit", "site", kw, *WHO, "--for", "2h")
    assert code == 2
    assert kw in err
    assert daemon.inbox.orders == []


async def test_a_floor_holds_nothing_down(daemon: Daemon) -> None:
    await daemon.told("fleet", "floor", "hall-a", "5", *WHO, "--for", "2h")
    await daemon.told("fleet", "stop", "hall-a", *WHO, "--for", "2h")
    stop = daemon.inbox.orders[1][0].id
    code, out, _ = await daemon.told("fleet", "resume", "hall-a", "--order", stop, *WHO)
    assert code == 0
    assert "at least" not in out


async def test_two_orders_for_one_scope_do_not_replace_each_other(daemon: Daemon) -> None:
    for who in ("Ada", "Bob"):
        await daemon.told("fleet", "stop", "site", "--who", who, "--why", "x", "--for", "2d")
    assert len({order.id for order, _ in daemon.inbox.orders}) == 2


async def test_resume_ends_the_orders_of_the_scope_and_says_what_still_holds(
    daemon: Daemon,
) -> None:
    for scope in ("hall-a", "hall-a", "hall-b", "site"):
        await daemon.told("fleet", "stop", scope, *WHO, "--for", "2h")
    code, out, _ = await daemon.told(
        "fleet", "resume", "hall-a", "--who", "M. Lee", "--why", "done"
    )
    assert code == 0
    ended = [order for order, ended in daemon.inbox.orders if ended]
    assert [(one.scope, one.person, one.why) for one in ended] == [("hall-a", "M. Lee", "done")] * 2
    said = out.splitlines()
    assert said[:2] == [f"ended: {one.id} on hall-a" for one in ended]
    assert "still held: dispatch ers-0906, 40.0 kW until" in said[2]
    assert "site stopped, by R. Ortiz" in said[3]
    assert "hall-b" not in out


async def test_resume_of_one_order_only(daemon: Daemon) -> None:
    for _ in range(2):
        await daemon.told("fleet", "stop", "hall-a", *WHO, "--for", "2h")
    wanted = daemon.inbox.orders[1][0].id
    args = ("fleet", "resume", "hall-a", "--order", wanted, *WHO, "--json")
    code, out, _ = await daemon.told(*args)
    assert code == 0
    said = json.loads(out)
    assert [one["id"] for one in said["ended"]] == [wanted]
    assert [one["id"] for one in said["held_by"]["orders"]] == [daemon.inbox.orders[0][0].id]


async def test_resume_of_what_nobody_stopped(daemon: Daemon) -> None:
    await daemon.told("fleet", "stop", "hall-b", *WHO, "--for", "2h")
    code, _, err = await daemon.told("fleet", "resume", "hall-a", *WHO)
    assert code == 1
    assert err.startswith("curtaild: no order is on hall-a; in force: stop-")


async def test_a_lock_and_its_release(daemon: Daemon) -> None:
    code, out, _ = await daemon.told("fleet", "lock", "127.20.1.7", *WHO)
    assert (code, out.startswith("127.20.1.7 is locked by R. Ortiz")) == (0, True)
    assert daemon.inbox.locks[0].why == "fans are being cleaned"
    args = ("fleet", "unlock", "127.20.1.7:4029", "--who", "M. Lee", "--why", "fans are back")
    code, out, _ = await daemon.told(*args)
    assert (code, out) == (0, "127.20.1.7:4029 is released by M. Lee.\n")
    assert daemon.inbox.released == [("127.20.1.7:4029", "M. Lee", "fans are back")]


RECALL = ("--who", "R. Ortiz", "--authority", "desk of the grid operator", "--reference", "call 17")


async def test_a_recall(daemon: Daemon) -> None:
    code, out, _ = await daemon.told("dispatches", "recall", "north/ers-1", *RECALL)
    assert code == 0
    assert out.startswith("north/ers-1 is ended on the word of desk of the grid operator, call 17.")
    ((dispatch, recall),) = daemon.inbox.recalls
    said = (recall.person, recall.authority, recall.reference)
    assert (dispatch, said) == ("north/ers-1", RECALL[1::2])


OPT_OUT = ("dispatches", "opt-out", "ers-0906")


async def test_the_penalty_is_shown_before_anything_is_done(daemon: Daemon) -> None:
    daemon.inbox.costs["ers-0906"] = COST
    code, out, _ = await daemon.told(*OPT_OUT, "--person", "R. Ortiz", "--why", "warmth")
    assert code == 0
    assert out.splitlines()[0] == "Opting out of ers-0906 costs 270.00 USD:"
    assert "50.0 kW not shed at 400.0 per MWh, 1.0 h to 2023-09-06T21:03:00Z" in out
    assert out.splitlines()[-1] == "Nothing was done. To opt out, add --accept-penalty 270.00"
    assert daemon.inbox.opt_outs == []
    code, out, _ = await daemon.told(*OPT_OUT, "--json")
    assert (code, json.loads(out)["penalty"]) == (0, 270.0)


async def test_opting_out_at_the_penalty_that_was_shown(daemon: Daemon) -> None:
    daemon.inbox.costs["ers-0906"] = COST
    accept = ("--who", "R. Ortiz", "--why", "warmth", "--accept-penalty")
    code, _, err = await daemon.told(*OPT_OUT, *accept, "269.99")
    assert code == 1
    assert err.startswith("curtaild: the daemon refused (409): opting out of ers-0906 costs 270.00")
    assert daemon.inbox.opt_outs == []
    code, out, _ = await daemon.told(*OPT_OUT, *accept, "270")
    assert (code, out.startswith("ers-0906 is not obeyed any more.")) == (0, True)
    ((dispatch, done),) = daemon.inbox.opt_outs
    assert (dispatch, done.person, done.why) == ("ers-0906", "R. Ortiz", "warmth")


async def test_a_penalty_without_an_end_is_shown_by_the_hour(daemon: Daemon) -> None:
    daemon.inbox.costs["ers-0906"] = replace(COST, amount=None, hours=None, stands_until=None)
    code, out, _ = await daemon.told(*OPT_OUT)
    assert (code, out.splitlines()[-1]) == (0, "Each hour costs 20.00 USD.")


async def test_one_that_is_not_known_is_1(daemon: Daemon) -> None:
    code, _, err = await daemon.told("dispatches", "opt-out", "x")
    assert (code, err) == (1, "curtaild: the daemon refused (404): no dispatch 'x' is known\n")


@pytest.mark.parametrize("said", [("270",), ("-1", *WHO), ("much", *WHO)])
async def test_opting_out_wants_a_person_and_an_amount(daemon: Daemon, said: Any) -> None:
    amount, *who = said
    code, _, _ = await daemon.told(*OPT_OUT, f"--accept-penalty={amount}", *who)
    assert (code, daemon.inbox.opt_outs) == (2, [])


async def test_dispatches_are_listed(daemon: Daemon) -> None:
    code, out, _ = await daemon.told("dispatches", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()][:2] == ["dispatch", "ers-0906"]
    code, out, _ = await daemon.told("dispatches", "list", "--json")
    assert json.loads(out)["recalled"] == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermanentError("no miner has it; levels there: off"), "(422): no miner has it; levels"),
        (TemporaryError("the disk is full"), "(503): the disk is full"),
    ],
)
async def test_what_the_daemon_refuses_is_1(daemon: Daemon, error: Any, said: str) -> None:
    daemon.inbox.error = error
    code, out, err = await daemon.told("fleet", "level", "site", "9GHz", *WHO, "--for", "2h")
    assert (code, out) == (1, "")
    assert err.startswith(f"curtaild: the daemon refused {said}")


async def test_a_token_of_nobody_is_1(daemon: Daemon) -> None:
    other = daemon.folder / "other"
    other.write_text("another-secret-of-nobody")
    other.chmod(0o600)
    code, _, err = await daemon.told("fleet", "lock", "x", *WHO, "--token-file", "other")
    assert (code, "the daemon refused (401): send the header" in err) == (1, True)


async def test_a_token_of_ones_own(daemon: Daemon) -> None:
    own = daemon.folder / "own"
    own.write_text(SECRET)
    own.chmod(0o600)
    assert (await daemon.told("fleet", "lock", "x", *WHO, "--token-file", "own"))[0] == 0


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.chmod(0o644), "is open to other users: chmod 600 it"),
        (lambda path: path.unlink(), "cannot be read: No such file"),
    ],
)
async def test_a_token_that_cannot_be_used_is_2(daemon: Daemon, spoil: Any, said: str) -> None:
    own = daemon.folder / "own"
    own.write_text(SECRET)
    spoil(own)
    code, _, err = await daemon.told("fleet", "lock", "x", *WHO, "--token-file", "own")
    assert code == 2
    assert "--token-file own" in err
    assert said in err


async def test_without_an_operator_there_is_no_token(daemon: Daemon) -> None:
    spoilt(daemon.folder)
    code, _, err = await daemon.told("fleet", "stop", "site", *WHO, "--for", "2h")
    assert code == 2
    assert "http.operators names nobody" in err
    assert daemon.inbox.orders == []


async def test_without_a_daemon_it_is_3(daemon: Daemon) -> None:
    daemon.port = 1
    for args in (
        ("fleet", "stop", "site", *WHO, "--for", "2h"),
        ("fleet", "resume", "site", *WHO),
        ("fleet", "unlock", "x", *WHO),
        ("dispatches", "recall", "x", *RECALL),
        ("dispatches", "list"),
    ):
        code, _, err = await daemon.told(*args)
        assert code == 3
        assert "no daemon answers" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("fleet", "stop", "site", *WHO), "one of the arguments --until --for is required"),
        (("fleet", "stop", "site", *WHO, "--for", "soon"), "90m, 2h, 1h30m or 2d"),
        (("fleet", "stop", "site", *WHO, "--until", "2023-09-06T20:00:00"), "needs a zone"),
        (("fleet", "stop", "site", "--why", "x", "--for", "2h"), "required: --who"),
        (("fleet", "lock", "site", "--who", "x"), "required: --why"),
        (("dispatches", "recall", "x", *RECALL[:4]), "required: --reference"),
        (("dispatches", "recall", "x", *RECALL[2:]), "required: --who"),
    ],
)
async def test_what_is_missing_on_the_command_line_is_2(
    daemon: Daemon, args: tuple[str, ...], said: str
) -> None:
    code, _, err = await daemon.told(*args)
    assert code == 2
    assert said in err
