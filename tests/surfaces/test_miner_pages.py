"""The fleet miner by miner."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.fleet import Curve, Identity, Level, MinerReading
from controller.model.view import MinerEntry
from tests.surfaces.conftest import Served
from tests.surfaces.views import NOW, a_view, seen_now


def identity(miner: str, version: str) -> Identity:
    return Identity(
        miner=miner,
        address=miner,
        port=4028,
        firmware="luxos",
        model="Antminer S19k Pro",
        version=version,
        mac="02:55:97:22:30:72",
        own_level="default",
    )


def entry(miner: str) -> MinerEntry:
    reading = MinerReading(
        miner=miner,
        group="hall-a",
        level="default",
        power_w=2760,
        hashrate_ths=Decimal("120.5"),
        at=NOW,
        reachable=True,
    )
    return MinerEntry(
        reading=reading,
        address=miner,
        port=4028,
        identity=identity(miner, "2025.4.8"),
        previous=identity(miner, "2024.1"),
        changed_at=NOW,
    )


async def test_each_with_what_it_is_and_was_and_does(served: Served) -> None:
    served.watch.entries = [entry("10.0.0.1")]
    answer = await (await served.http.get("/api/v1/miners")).json()
    (miner,) = answer["miners"]
    was = miner["previous"]["version"], miner["changed_at"]
    assert was == ("2024.1", "2023-09-06T20:05:00Z")
    assert miner["identity"]["version"] == "2025.4.8"
    assert (miner["level"], miner["power_w"], miner["own_level"]) == ("default", 2760, "default")
    assert answer["next_after"] is None


async def test_one_never_heard_has_no_identity(served: Served) -> None:
    unheard = MinerReading(miner="10.0.0.1", group="hall-a", failure="10.0.0.1: no connection")
    served.watch.entries = [MinerEntry(reading=unheard, address="10.0.0.1", port=4028)]
    (miner,) = (await (await served.http.get("/api/v1/miners")).json())["miners"]
    assert miner["identity"] is None
    assert miner["failure"] == "10.0.0.1: no connection"


async def test_pages_put_together_are_all_of_them(served: Served) -> None:
    names = [f"10.0.0.{place}" for place in range(10, 17)]
    served.watch.entries = [entry(name) for name in names]
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        path = "/api/v1/miners"
        page = await served.http.get(path, params={"after": after, "limit": "3"})
        answer = await page.json()
        assert len(answer["miners"]) <= 3
        found += [one["miner"] for one in answer["miners"]]
        after = answer["next_after"]
    assert found == names


async def test_a_page_has_the_curves_of_its_miners(served: Served) -> None:
    low = Level(name="low", power_w=2_000, hashrate_ths=Decimal("80.5"))
    curves = {
        "s19": Curve(levels=(Level(name="off", power_w=15, hashrate_ths=Decimal(0)), low)),
        "s21": Curve(levels=(low,)),
    }
    await served.watch.show(a_view(seen=seen_now(curves=curves)))
    of = {"10.0.0.1": "s19", "10.0.0.2": "unheard of", "10.0.0.3": "s21"}
    served.watch.entries = [
        replace(entry(name), reading=replace(entry(name).reading, curve=curve))
        for name, curve in of.items()
    ]
    path = "/api/v1/miners"
    answer = await (await served.http.get(path, params={"limit": "2"})).json()
    assert [one["curve"] for one in answer["miners"]] == ["s19", "unheard of"]
    assert list(answer["curves"]) == ["s19"]
    said = [(one["level"], one["power_w"], one["hashrate_ths"]) for one in answer["curves"]["s19"]]
    assert said == [("off", 15, "0"), ("low", 2_000, "80.5")]


async def test_before_the_first_decision_no_curve_is_known(served: Served) -> None:
    served.watch.shown = None
    served.watch.entries = [entry("10.0.0.1")]
    answer = await (await served.http.get("/api/v1/miners")).json()
    assert (len(answer["miners"]), answer["curves"]) == (1, {})


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "9" * 5000])
async def test_a_limit_that_is_none_is_refused(served: Served, limit: str) -> None:
    answer = await served.http.get("/api/v1/miners", params={"limit": limit})
    assert answer.status == 400
    assert "from 1 to 1000" in (await answer.json())["problem"]
