"""Situations that can be: small sites with whatever may have happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.ceilings import Ceilings
from controller.core.cohorts import cohorts
from controller.model.fleet import (
    OFF,
    Command,
    Curve,
    EvidenceGrade,
    Level,
    MinerSeen,
    Motion,
    Outcome,
    Stage,
)
from controller.model.grid import (
    SITE,
    Dispatch,
    MaintenanceLock,
    ManualOrder,
    ReduceTo,
)
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.rules import Heat
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, MeterSilence, Pacing, Site
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason

NOW = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)


def curve(*levels: tuple[str, int, str]) -> Curve:
    return Curve(
        levels=tuple(Level(name=n, power_w=w, hashrate_ths=Decimal(h)) for n, w, h in levels)
    )


CURVES: Mapping[str, Curve] = {
    "plain": curve((OFF, 25, "0"), ("default", 2794, "121.8")),
    "three": curve((OFF, 25, "0"), ("340MHz", 1414, "70.2"), ("default", 2794, "121.8")),
    # Its lowest level is below the hull: off and the next one mixed earn more.
    "hollow": curve(
        (OFF, 30, "0"), ("eco", 1000, "30"), ("mid", 2000, "120"), ("top", 3100, "160")
    ),
}
GROUPS = ("a", "b")
NAMES = {group: tuple(f"{group}{number}" for number in range(5)) for group in GROUPS}

CLIENTS = tuple(
    Hosting(client="Ada", price_per_mwh=Decimal(90), consent=consent) for consent in Consent
)

moments = st.integers(-900, 900).map(lambda seconds: NOW + timedelta(seconds=seconds))
past = st.integers(0, 900).map(lambda seconds: NOW - timedelta(seconds=seconds))
watts = st.integers(0, 40).map(lambda steps: steps * 1000)
prices = st.sampled_from([-50, 0, 40, 80, 90, 100, 110, 140, 3000]).map(Decimal)
outcome_stages = st.sampled_from([Stage.SENT, Stage.FAILED, Stage.WITHHELD])


def observed(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Observed[Decimal]]:
    fresh: st.SearchStrategy[Observed[Decimal]] = st.builds(
        lambda value, later: Fresh(value=value, at=NOW, until=NOW + timedelta(seconds=later)),
        values,
        st.integers(1, 900),
    )
    stale = st.builds(lambda value: Stale(value=value, at=NOW), values)
    return fresh | fresh | fresh | stale | st.just(Missing(why="silent"))


sites = st.builds(
    lambda limit_w, groups, economics, pacing, headroom, silence, settle_s: Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=limit_w,
        groups=dict(zip(GROUPS, groups, strict=True)),
        economics=economics,
        pacing=pacing,
        headroom=headroom,
        meter_silence=silence,
        settle_s=settle_s,
    ),
    watts,
    st.tuples(
        *[
            st.builds(
                Group,
                limit_w=st.none() | watts,
                floor_w=st.sampled_from([0, 0, 0, 4000, 9000]),
                adder_per_mwh=st.sampled_from([Decimal(0), Decimal(10)]),
                hosting=st.sampled_from([None, None, None, *CLIENTS]),
                heat=st.sampled_from([None, None, None, Heat(most_w=6000)]),
            )
            for _ in GROUPS
        ]
    ),
    st.builds(
        Economics,
        adder_per_mwh=st.sampled_from([Decimal(0), Decimal(10)]),
        pool_fee=st.sampled_from([Decimal(0), Decimal("0.02")]),
        start_margin_per_mwh=st.sampled_from([Decimal(0), Decimal(5)]),
    ),
    st.builds(
        Pacing,
        minimum_on_s=st.sampled_from([0, 120]),
        minimum_off_s=st.sampled_from([0, 120]),
        restore_w_per_minute=st.sampled_from([1000, 6000, 1_000_000]),
        stop_within_s=st.just(30),
        start_within_s=st.just(60),
        attempts=st.sampled_from([1, 3]),
        retry_after_s=st.just(120),
    ),
    st.sampled_from([Decimal(0), Decimal("0.02")]),
    st.none() | st.builds(MeterSilence, safe_w=watts, after_s=st.sampled_from([30, 300])),
    st.just(10),
)


@st.composite
def miners(draw: st.DrawFn, *, odd: bool = True) -> dict[str, MinerSeen]:
    """Up to five miners of each group; where `odd`, some are locked or lost or draw otherwise."""
    found = {}
    for group in GROUPS:
        for name in NAMES[group][: draw(st.integers(0, 5))]:
            key = draw(st.sampled_from(sorted(CURVES)))
            level = draw(st.sampled_from(CURVES[key].levels))
            part = draw(st.sampled_from([100, 100, 100, 97, 104, 40, 130])) if odd else 100
            found[name] = MinerSeen(
                group=group,
                curve=draw(st.sampled_from([key, key, key, "strange"])) if odd else key,
                level=draw(st.sampled_from([level.name, level.name, ""])) if odd else level.name,
                power_w=level.power_w * part // 100,
                at=draw(past),
                reachable=draw(st.sampled_from([True, True, True, False])) if odd else True,
                locked=draw(st.sampled_from([False, False, False, True])) if odd else False,
                grade=draw(st.sampled_from(EvidenceGrade)) if odd else EvidenceGrade.SELF_REPORT,
            )
    return found


@st.composite
def motion(draw: st.DrawFn, name: str, miner: MinerSeen, number: int) -> Motion:
    """A motion that this miner may be in."""
    levels = CURVES[miner.curve].levels
    stage = draw(st.sampled_from([Stage.INTENDED, Stage.SENT, Stage.CONFIRMED, Stage.FAILED]))
    at = draw(past)
    command = Command(
        id=f"c{number:09d}",
        miner=name,
        level=draw(st.sampled_from(levels)).name,
        reason=draw(st.sampled_from(Reason)),
        at=at,
        attempt=draw(st.integers(1, 3)),
    )
    return Motion(
        command=command,
        stage=stage,
        group=miner.group,
        curve=miner.curve,
        from_level=draw(st.sampled_from(levels)).name,
        proven_w=draw(st.sampled_from(levels)).power_w,
        deadline=at + timedelta(seconds=draw(st.integers(1, 300))),
        rest_until=draw(moments) if stage in (Stage.CONFIRMED, Stage.FAILED) else None,
    )


@st.composite
def dispatches(draw: st.DrawFn) -> dict[str, Dispatch]:
    """Caps, reductions and set-points of several programs, of which the site need not know any."""
    found = {}
    for name in draw(st.sets(st.sampled_from(["d1", "d2", "d3"]))):
        start, limit_w = draw(moments), draw(watts)
        lasts = draw(st.none() | st.integers(1, 1800))
        kind = draw(st.sampled_from(["cap", "reduction", "set-point"]))
        found[name] = Dispatch(
            id=name,
            version=1,
            program=draw(st.sampled_from(["p", "q", "of old"])),
            authority="grid",
            issued_at=start,
            received_at=start,
            start=start,
            end=None if lasts is None else start + timedelta(seconds=lasts),
            target=ReduceTo(kw=Decimal(limit_w) / 1000),
            limit_w=limit_w,
            reference_w=draw(watts) if kind == "reduction" else None,
            floor_w=limit_w if kind == "set-point" else None,
        )
    return {name: one for name, one in found.items() if not one.over(NOW)}


limiting: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"scope": st.sampled_from([SITE, *GROUPS]), "limit_w": watts}
)
capping: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "scope": st.sampled_from([SITE, *GROUPS, "a0", "b0", "b1"]),
        "level": st.sampled_from([OFF, "340MHz", "eco", "mid", "top", "of another make"]),
        "level_w": st.sampled_from([0, 900, 1414, 2100, 9000]),
    }
)


@st.composite
def orders(draw: st.DrawFn) -> dict[str, ManualOrder]:
    found = {}
    for name in draw(st.sampled_from([(), (), ("o1",), ("o1", "o2", "o3")])):
        found[name] = ManualOrder(
            id=name,
            person="Ada",
            why="test",
            issued_at=NOW + timedelta(seconds=draw(st.sampled_from([-60, -60, -60, 60]))),
            until=NOW + timedelta(seconds=draw(st.integers(61, 600))),
            **draw(limiting | capping),
        )
    return found


def capped(
    everyone: Mapping[str, MinerSeen], ordered: Mapping[str, ManualOrder]
) -> dict[str, MinerSeen]:
    """The miners with the ceilings that these orders put on them."""
    ceilings = Ceilings((one for one in ordered.values() if one.in_force(NOW)), CURVES)
    return {
        name: replace(miner, ceiling=ceilings.of(name, miner.group, miner.curve))
        for name, miner in everyone.items()
    }


def locks(everyone: Mapping[str, MinerSeen]) -> dict[str, MaintenanceLock]:
    return {
        name: MaintenanceLock(id=name, place=name, person="Ada", why="test", since=NOW)
        for name, miner in everyone.items()
        if miner.locked
    }


@st.composite
def meters(draw: st.DrawFn, reported_w: int) -> dict[str, Observed[int]]:
    """The site's meter: near what is reported, or silent, or there is none."""
    value = max(0, reported_w + draw(st.sampled_from([0, 0, 0, 500, 5000, -500])))
    return draw(
        st.sampled_from(
            [
                {SITE: Fresh(value=value, at=NOW)},
                {SITE: Fresh(value=value, at=NOW)},
                {SITE: Fresh(value=value, at=NOW)},
                {SITE: Stale(value=value, at=NOW - timedelta(seconds=60))},
                {SITE: Missing(why="never heard")},
                {},
            ]
        )
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Snapshot, State]:
    """A snapshot and the state that goes with it."""
    ordered = draw(orders())
    everyone = capped(draw(miners()), ordered)
    known = [name for name, miner in everyone.items() if miner.curve in CURVES]
    moving = draw(st.sets(st.sampled_from(known))) if known else set()
    motions = {
        name: draw(motion(name, everyone[name], number))
        for number, name in enumerate(sorted(moving), start=1)
    }
    outcomes = [
        Outcome(command=one.command.id, miner=name, stage=draw(outcome_stages), at=NOW)
        for name, one in motions.items()
        if draw(st.booleans())
    ]
    reported_w = sum(miner.power_w for miner in everyone.values())
    seen = Snapshot(
        now=NOW,
        site=draw(sites),
        price_per_mwh=draw(observed(prices)),
        hashprice_per_ph_day=draw(observed(st.sampled_from([Decimal(30), Decimal("56.67")]))),
        meters_w=draw(meters(reported_w)),
        dispatches=draw(dispatches()),
        orders=ordered,
        locks=locks(everyone),
        curves=CURVES,
        cohorts=cohorts({k: v for k, v in everyone.items() if k not in moving}),
        moving={name: everyone[name] for name in sorted(moving)},
        outcomes={outcome.command: outcome for outcome in outcomes},
        fleet_known=draw(st.sampled_from([True, True, True, False])),
    )
    return seen, draw(states(seen, motions))


@st.composite
def states(draw: st.DrawFn, seen: Snapshot, motions: Mapping[str, Motion]) -> State:
    pools = sorted({f"{c.group}/{c.curve}" for c in seen.cohorts.values()})
    return State(
        motions=motions,
        other_w={SITE: draw(st.sampled_from([0, 500, 5000]))} if draw(st.booleans()) else {},
        moved_at=draw(st.none() | past),
        restored_at=draw(st.none() | past),
        restore_credit_w=draw(st.sampled_from([0, 1000, 6000])),
        running={pool: draw(st.integers(0, 2)) for pool in pools if draw(st.booleans())},
        meter_heard_at=draw(st.none() | past),
        next_command=len(motions) + 1,
    )


@st.composite
def settled(draw: st.DrawFn) -> tuple[Snapshot, State]:
    """An obedient fleet at rest with a meter that agrees, no floors, and time for every start."""
    everyone = draw(miners(odd=False))
    site = draw(sites)
    seen = Snapshot(
        now=NOW,
        site=_without_floors(site),
        price_per_mwh=Fresh(value=draw(prices), at=NOW, until=NOW + timedelta(minutes=15)),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=NOW),
        meters_w={SITE: Fresh(value=sum(m.power_w for m in everyone.values()), at=NOW)},
        dispatches=draw(dispatches()),
        curves=CURVES,
        cohorts=cohorts(everyone),
        fleet_known=True,
    )
    return seen, State()


def _without_floors(site: Site) -> Site:
    bare = {"floor_w": 0, "heat": None, "hosting": None}
    groups = {name: replace(group, **bare) for name, group in site.groups.items()}
    return replace(site, groups=groups, headroom=Decimal(0))
