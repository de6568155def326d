"""Sites whose miners obey and stand where the plan wants them: what the prices of an explanation
are claims about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Economics, Group, Pacing, Site
from controller.model.tariff import Consent, Hosting
from tests.core.cases.chances import Chances
from tests.core.cases.miners import capped, miners
from tests.core.cases.sites import CURVES, NEIGHBOUR, NOW
from tests.core.cases.situations import situation

AT_ONCE = Pacing(minimum_on_s=0, minimum_off_s=0)
LOOKS = 7
"""A start can wait for a stop to be seen, and once for what is then learnt of a level's power; at
the last two nobody moves."""


def seen_at(
    price: Decimal, site: Site, everyone: dict[str, MinerSeen], hashprice: str = "56.67"
) -> Snapshot:
    heats = {miner.group for miner in everyone.values() if miner.level != OFF}
    meters = {SITE: Fresh(value=metered_w(site, everyone, heats), at=NOW)}
    return Snapshot(
        now=NOW,
        site=site,
        price_per_mwh=Fresh(value=price, at=NOW, until=NOW + timedelta(minutes=15)),
        hashprice_per_ph_day=Fresh(value=Decimal(hashprice), at=NOW),
        meters_w=meters,
        curves=CURVES,
        cohorts=cohorts(everyone),
        fleet_known=True,
    )


def metered_w(site: Site, everyone: Mapping[str, MinerSeen], fans: Collection[str]) -> int:
    """By its meter, with the fans of these groups."""
    cooling = (site.groups[name].cooling for name in fans if name in site.groups)
    fans_w = sum(one.power_w for one in cooling if one is not None)
    return fans_w + sum(miner.power_w for miner in everyone.values())


def miner(group: str, curve: str, level: str, ceiling: str = "") -> MinerSeen:
    power_w = CURVES[curve].level(level).power_w
    return MinerSeen(
        group=group, curve=curve, level=level, power_w=power_w, at=NOW, ceiling=ceiling
    )


def some(group: str, curve: str, count: int, level: str = "") -> dict[str, MinerSeen]:
    """Miners of a group, at the top of their curve where no level is said."""
    at = level or CURVES[curve].top.name
    return {f"{group}-{curve}-{number:02}": miner(group, curve, at) for number in range(count)}


def settle(seen: Snapshot, state: State | None = None) -> tuple[Snapshot, State, Plan] | None:
    """The site once its miners have obeyed and rested; None where it has not come to rest: at two
    looks, for what was learnt at the first may move somebody."""
    state, rested = state or State(), False
    for _ in range(LOOKS):
        plan, after, _ = decide(seen, state)
        state = replace(
            after, motions={}, restored_at=None, restore_credit_w=0, staged_at={}, staged_w={}
        )
        if rested and not plan.commands:
            return seen, state, plan
        rested = not plan.commands
        if not rested:
            seen = _obeyed(seen, plan)
    return None


def _obeyed(seen: Snapshot, plan: Plan) -> Snapshot:
    everyone = {
        name: miner(one.group, one.curve, one.level, one.ceiling)
        for one in seen.cohorts.values()
        for name in one.members
    }
    for command in plan.commands:
        was = everyone[command.miner]
        everyone[command.miner] = miner(was.group, was.curve, command.level, was.ceiling)
    fans = [name for name, on in plan.cooling.items() if on]
    site_meter = Fresh(value=metered_w(seen.site, everyone, fans), at=seen.now)
    meters = {**seen.meters_w, SITE: site_meter}
    return replace(seen, cohorts=cohorts(everyone), meters_w=meters)


def planned(seen: Snapshot, state: State, price: Decimal) -> Plan:
    """What would be decided if the market price were this."""
    return decide(replace(seen, price_per_mwh=Fresh(value=price, at=seen.now)), state)[0]


levels: st.SearchStrategy[tuple[str, str]] = st.sampled_from(
    [(key, level.name) for key, curve in sorted(CURVES.items()) for level in curve.levels]
)
prices = st.integers(3000, 18_000).map(lambda cents: Decimal(cents) / 100)
limits_w = st.integers(3, 30).map(lambda steps: steps * 1000)
groups = st.builds(
    Group,
    limit_w=st.none() | st.none() | limits_w,
    floor_w=st.sampled_from([0, 0, 0, 4000, 9000]),
    adder_per_mwh=st.sampled_from([Decimal(0), Decimal(10), Decimal("-3.5")]),
    losses=st.sampled_from([Decimal(0), Decimal("0.015")]),
    breaker=st.sampled_from(["", "", "q1"]),
    cooling=st.sampled_from([None, None, Cooling(power_w=2_000)]),
    hosting=st.sampled_from(
        [
            None,
            None,
            None,
            *(Hosting(client="c", price_per_mwh=Decimal(70), consent=c) for c in Consent),
        ]
    ),
)
sites = st.builds(
    lambda limit_w, one, two, breaker_w, economics, headroom: Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=limit_w,
        groups={"a": one, "b": two},
        breakers={"q1": Breaker(limit_w=breaker_w)},
        economics=economics,
        pacing=AT_ONCE,
        headroom=headroom,
    ),
    limits_w | st.just(100_000) | st.just(100_000),
    groups,
    groups,
    limits_w,
    st.builds(
        Economics,
        adder_per_mwh=st.sampled_from([Decimal(0), Decimal(10)]),
        losses=st.sampled_from([Decimal(0), Decimal("0.03")]),
        tax=st.sampled_from([Decimal(0), Decimal("0.0625")]),
        pool_fee=st.sampled_from([Decimal(0), Decimal("0.02")]),
        start_margin_per_mwh=st.sampled_from([Decimal(0), Decimal(5)]),
    ),
    st.sampled_from([Decimal(0), Decimal("0.02")]),
)


@st.composite
def at_rest(draw: st.DrawFn) -> tuple[Snapshot, State, Plan] | None:
    """A site that has come to rest under some price, with whatever limits and floors."""
    everyone = {
        f"{group}{number}": miner(group, *draw(levels))
        for group in ("a", "b")
        for number in range(draw(st.integers(1, 4)))
    }
    return settle(seen_at(draw(prices), draw(sites), everyone))


def whatever(chances: Chances) -> tuple[Snapshot, State, Plan] | None:
    """Another: with whatever is declared of it and asked, and signals that may be silent."""
    seen, _ = situation(chances)
    everyone = capped(miners(chances, NOW, odd=False), seen.orders.values(), NOW)
    price = Decimal(chances.between(20, 180))
    bare = seen_at(price, _at_once(seen.site), everyone)
    neighbour = {NEIGHBOUR: seen.meters_w[NEIGHBOUR]} if NEIGHBOUR in seen.meters_w else {}
    asked = replace(
        bare,
        signals=seen.signals,
        dispatches=seen.dispatches,
        orders=seen.orders,
        utc_offset_s=seen.utc_offset_s,
        meters_w={**bare.meters_w, **neighbour},
    )
    return settle(asked)


def _at_once(declared: Site) -> Site:
    """Nothing is waited for, and the connection carries most of it."""
    groups = {name: replace(one, cooling=None) for name, one in declared.groups.items()}
    import_limit_w = declared.import_limit_w + 20_000
    return replace(declared, groups=groups, pacing=AT_ONCE, import_limit_w=import_limit_w)
