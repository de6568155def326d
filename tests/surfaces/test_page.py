"""The page in a real browser: it shows the view, follows it, and asks nobody else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from controller.model.grid import SITE, Recall
from controller.model.plan import Mode, Reserve
from controller.model.quality import Fresh
from controller.surfaces.http import HttpSurface
from controller.surfaces.settings import HttpSettings
from tests.surfaces.browser import needs_chromium, visit
from tests.surfaces.conftest import Served
from tests.surfaces.fakes import FakeInbox
from tests.surfaces.views import DISPATCH, NOW, ORDER, a_view, plan_now, seen_now

pytestmark = needs_chromium

LATER = NOW + timedelta(seconds=20)


async def test_it_shows_the_site_and_follows_it(served: Served) -> None:
    async with visit(served.url) as site:
        assert await site.text("#power") == "52.4 kW"
        assert await site.text("#target") == "38.7 kW"
        assert await site.text("#price") == "$2,900.17"
        assert await site.text("#mode") == "normal"
        assert "A dispatch is in force" in await site.text("#limit-note")
        assert "its power costs more than it earns" in await site.text("#groups")
        assert "ends in 58:00" in await site.text("#asked")
        assert "$1,104.20" in await site.text("#money")
        beside = "ours reads 1.50 % high, 1 of 2 intervals apart"
        assert beside in await site.text("#money-note")
        assert "no such file" in await site.text("#adapters")
        assert "The hashprice is stale" in await site.text("#attention")
        assert "b-30" in await site.text("#motions")

        seen = seen_now(
            now=LATER,
            price_per_mwh=Fresh(value=Decimal("31.5"), at=LATER),
            meters_w={SITE: Fresh(value=41_000, at=LATER)},
        )
        plan = plan_now(at=LATER, target_w=39_000, mode=Mode.HOLDING)
        await served.watch.show(a_view(seen=seen, plan=plan))
        await site.waits_for("#power", "41.0 kW")
        assert await site.text("#price") == "$31.50"
        assert await site.text("#mode") == "holding"
        assert "ends in 57:40" in await site.text("#asked")
        assert site.hosts == {f"127.0.0.1:{served.surface.port}"}
        assert site.complaints == []


async def test_the_word_of_people_is_shown(served: Served) -> None:
    stop = msgspec.structs.replace(ORDER, id="stop-1", scope=SITE, limit_w=None, level="off")
    quiet = msgspec.structs.replace(stop, id="level-1", scope="a-08", level="265MHz")
    word = Recall(person="R. Ortiz", authority="desk of the grid", reference="call 17", at=NOW)
    ended = msgspec.structs.replace(DISPATCH, id="ers-17", cancelled=True, recall=word)
    plan = plan_now(at=LATER)
    key = "container-b/s19j"
    capped = msgspec.structs.replace(plan.allocations[key], ceiling="265MHz")
    plan = msgspec.structs.replace(plan, allocations={**plan.allocations, key: capped})
    seen = seen_now(orders={one.id: one for one in (ORDER, stop, quiet)})
    async with visit(served.url) as site:
        assert "ended by recall" not in await site.text("#asked")
        await served.watch.show(a_view(seen=seen, plan=plan, recalled={"ers-17": ended}))
        await site.waits_for("#asked", "ers-17 v2: ended by recall")
        asked = await site.text("#asked")
        assert "R. Ortiz on the word of desk of the grid, call 17" in asked
        assert "R. Ortiz: container-b at most 60.0 kW" in asked
        assert "R. Ortiz: site stopped" in asked
        assert "R. Ortiz: a-08 at most level 265MHz" in asked
        assert "at most 265MHz" in await site.text("#groups")
        assert "The whole site is stopped by R. Ortiz" in await site.text("#attention")
        assert "ers-17 was ended by voice" in await site.text("#attention")
        assert site.complaints == []


async def test_what_is_owed_and_not_there_is_shown(served: Served) -> None:
    async with visit(served.url) as site:
        assert "24.0 kW run and could go" in await site.text("#asked")
        assert "no income" not in await site.text("#groups")
        short = {"ers": Reserve(sold_w=60_000, deliverable_w=41_500)}
        silent = {"container-a": NOW - timedelta(minutes=12)}
        await served.watch.show(a_view(plan=plan_now(reserves=short, unpaid_since=silent)))
        await site.waits_for("#asked", "short by 18.5 kW")
        assert "No share was accepted since 14:53" in await site.text("#groups")
        assert site.complaints == []


async def test_what_a_person_has_opened_stays_open(served: Served) -> None:
    async with visit(served.url) as site:
        await site.page.click("summary >> nth=0")
        await site.page.focus("summary >> nth=0")
        assert "locked" in await site.text("#groups table")
        meters = {"container-a": Fresh(value=77_000, at=LATER)}
        await served.watch.show(
            a_view(seen=seen_now(now=LATER, meters_w=meters), plan=plan_now(at=LATER))
        )
        await site.waits_for("#groups", "77.0 kW")
        assert await site.page.is_visible("#groups table >> nth=0")
        assert await site.page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


async def test_pointing_at_the_chart_reads_it_out(served: Served) -> None:
    async with visit(served.url) as site:
        await site.page.hover("#chart")
        await site.waits_for("#readout", "15:05:00")
        assert "power 52.4 kW" in await site.text("#readout")
        assert "price $2,900.17" in await site.text("#readout")


async def test_a_reload_still_shows_the_past(served: Served) -> None:
    drawn = "() => document.querySelector('#chart path.power')?.getAttribute('d').split('L').length"
    async with visit(served.url) as site:
        for seconds in range(1, 4):
            plan = plan_now(at=NOW + timedelta(seconds=seconds), target_w=seconds * 1000)
            await served.watch.show(a_view(plan=plan))
            await site.waits_for("#target", f"{seconds}.0 kW")
        await site.page.reload()
        await site.page.wait_for_function(f"() => ({drawn})() === 4")
        assert site.complaints == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_a_phone_needs_no_sideways_scrolling(served: Served, scheme: str) -> None:
    async with visit(served.url, 360, color_scheme=scheme) as site:
        await site.page.click("summary >> nth=0")
        assert await site.overflow() <= 0
        backdrop = await site.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(part) for part in backdrop[4:-1].split(","))
        assert (brightness < 200) == (scheme == "dark")


async def test_names_are_text_however_they_look(served: Served) -> None:
    name = "<img src=x onerror=document.title='owned'>" + "x" * 200
    seen = seen_now(dispatches={name: msgspec.structs.replace(DISPATCH, id=name)})
    async with visit(served.url, 360) as site:
        await served.watch.show(a_view(seen=seen))
        await site.waits_for("#asked", name)
        assert await site.page.query_selector("#asked img") is None
        assert await site.overflow() <= 0
        assert site.complaints == []


async def test_shadow_cannot_be_overlooked(served: Served) -> None:
    async with visit(served.url) as site:
        assert not await site.page.is_visible("#shadow")
        plan = plan_now(at=LATER)
        await served.watch.show(a_view(plan=plan, shadow=True, shadow_commands=61))
        await site.page.wait_for_selector("#shadow", state="visible")
        assert "61 commands withheld" in await site.text("#shadow")


async def test_a_lost_link_is_shown_and_comes_back(served: Served) -> None:
    async with visit(served.url) as site:
        await site.waits_for("#link", "live")
        port = served.surface.port
        await served.surface.stop()
        await site.waits_for("#link", "link lost")
        again = HttpSurface(HttpSettings(port=port), FakeInbox(), served.watch, served.clock)
        await again.start()
        try:
            await site.waits_for("#link", "live")
            served.watch.is_alive = False
            await site.waits_for("#link", "control loop stuck")
        finally:
            await again.stop()


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_words_stand_out_from_what_is_behind_them(served: Served, scheme: str) -> None:
    """WCAG 2.2 contrast of at least 4.5 for every colour that carries text."""
    async with visit(served.url, color_scheme=scheme) as site:
        colours = await site.page.evaluate(
            """() => {
              const style = getComputedStyle(document.documentElement);
              const names = ["ground", "panel", "ink", "soft", "power", "alarm", "alarm-wash",
                             "warning", "warning-wash", "shadow-ground", "shadow-ink"];
              return Object.fromEntries(names.map((name) =>
                [name, style.getPropertyValue(`--${name}`).trim()]));
            }"""
        )
    pairs = [
        *((ink, back) for ink in ("ink", "soft") for back in ("ground", "panel")),
        *((ink, "panel") for ink in ("power", "alarm", "warning")),
        ("alarm", "alarm-wash"),
        ("warning", "warning-wash"),
        ("alarm", "ground"),
        ("shadow-ink", "shadow-ground"),
    ]
    weak = {pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5}
    assert weak == set()


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
