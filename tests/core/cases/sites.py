"""Small sites with everything that may be declared of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from controller.model.fleet import OFF, Curve, Level
from controller.model.grid import Obligation, ReduceTo, Reference, ReferenceKind
from controller.model.rules import Cooling, Engine, Heat, Neighbour, SignalRule, Threshold
from controller.model.site import Breaker, Economics, Group, MeterSilence, Pacing, Program, Site
from controller.model.tariff import Band, Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.chances import Chances

NOW = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)
GROUPS = ("a", "b", "c")
BREAKER = "main"
BREAKERS = (BREAKER, "west")
NEIGHBOUR = "hall"
PROGRAMS = ("p", "q")


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


def watts(chances: Chances) -> int:
    return chances.below(41) * 1000


def site(chances: Chances) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=watts(chances),
        groups={name: group(chances) for name in GROUPS},
        programs={name: program(chances) for name in PROGRAMS},
        breakers={name: breaker(chances) for name in BREAKERS},
        neighbours=neighbours(chances),
        rules=rules(chances),
        engine=chances.of(
            [None, None, None, Engine(most_w=25_000), Engine(most_w=40_000, least_w=6_000)]
        ),
        pacing=pacing(chances),
        economics=economics(chances),
        headroom=chances.of([Decimal(0), Decimal("0.02")]),
        meter_silence=chances.of(
            [None, MeterSilence(safe_w=8_000, after_s=30), MeterSilence(safe_w=0, after_s=300)]
        ),
        settle_s=10,
    )


def breaker(chances: Chances) -> Breaker:
    return Breaker(
        limit_w=chances.of([None, 5_000, 20_000]),
        stagger_s=chances.of([0, 60]),
        stagger_w=chances.of([0, 6_000]),
    )


def group(chances: Chances) -> Group:
    hosting = Hosting(
        client="c",
        price_per_mwh=Decimal(chances.of([60, 95])),
        consent=chances.of(list(Consent)),
    )
    heat = Heat(most_w=6_000, signal=chances.of(["", "heat"]), silent_w=3_000)
    cooling = Cooling(power_w=400, before_s=30, after_s=60, signal=chances.of(["", "fans"]))
    return Group(
        limit_w=chances.of([None, None, 3_000, 8_000, 0]),
        floor_w=chances.of([0, 0, 0, 4_000, 9_000]),
        adder_per_mwh=Decimal(chances.of([0, 10])),
        losses=chances.of([Decimal(0), Decimal("0.03")]),
        breaker=chances.of(["", "", BREAKER, BREAKER, "west"]),
        hosting=chances.of([None, None, None, hosting]),
        heat=chances.of([None, None, None, heat]),
        cooling=chances.of([None, None, None, cooling]),
        switched=chances.of([False, True]),
        income_lost_after_s=chances.of([None, None, 600]),
    )


def program(chances: Chances) -> Program:
    financial = chances.one_in(3)
    return Program(
        authority="grid",
        allowed=("reduce_to_kw", "reduce_by_kw", "reduce_by_percent", "level", "follow_kw"),
        references={
            "contract": Reference(kind=ReferenceKind.CONTRACTED, contracted_w=30_000),
            "before": Reference(kind=ReferenceKind.POWER_AT_ACCEPTANCE),
        },
        obligation=Obligation.FINANCIAL if financial else Obligation.COMPLIANCE,
        weighed=financial and chances.one_in(2),
        penalty_per_mwh=Decimal(chances.of([0, 50, 5_000])),
        reserve_w=chances.of([0, 0, 0, 5_000]),
        capacity_w=chances.of([0, 20_000]),
        response_s=chances.of([0, 60, 600]),
        emergency=chances.one_in(4),
        levels={"shed": ReduceTo(kw=Decimal(8))},
        normal_levels=("normal",),
        counted_from=chances.of(["", "contract"]),
    )


def neighbours(chances: Chances) -> dict[str, Neighbour]:
    """None, a hall, or a laboratory beside it that draws as much."""
    names = chances.of([(), (), (), (), (NEIGHBOUR,), (NEIGHBOUR, "laboratory")])
    return {
        name: Neighbour(
            firm_w=6_000,
            meter=chances.of(["", NEIGHBOUR]),
            behind_site_meter=chances.of([True, False]),
        )
        for name in names
    }


def rules(chances: Chances) -> dict[str, SignalRule]:
    """A limit that follows a signal in proportion, and one by thresholds."""
    available = SignalRule(
        scope="site",
        signal="available",
        reason=Reason.AVAILABLE_POWER,
        watts_per_unit=Decimal(1000),
        margin_w=500,
        safe_w=2_000,
        silent_after_s=30,
    )
    hot = SignalRule(
        scope=chances.of(["a", BREAKER]),
        signal="temperature",
        reason=Reason.TEMPERATURE,
        above=(
            Threshold(value=Decimal(35), limit_w=6_000),
            Threshold(value=Decimal(45), limit_w=0),
        ),
        clear_by=Decimal(2),
        safe_w=3_000,
        silent_after_s=60,
    )
    return chances.of(
        [
            {},
            {},
            {"available": available},
            {"hot": hot},
            {"available": available, "hot": hot},
        ]
    )


def pacing(chances: Chances) -> Pacing:
    return Pacing(
        minimum_on_s=chances.of([0, 120]),
        minimum_off_s=chances.of([0, 120]),
        restore_w_per_minute=chances.of([1_000_000, 1_000, 6_000]),
        lower_w_per_minute=chances.of([None, None, 6_000]),
        starts_per_hour=chances.of([None, None, 2]),
        largest_step_up_w=chances.of([None, None, 3_000]),
        largest_step_down_w=chances.of([None, None, None, 6_000]),
        stop_within_s=30,
        start_within_s=60,
        attempts=chances.of([1, 3]),
        retry_after_s=120,
    )


def economics(chances: Chances) -> Economics:
    evening = Band(name="evening", per_mwh=Decimal(25), from_minute=17 * 60, to_minute=20 * 60)
    return Economics(
        adder_per_mwh=Decimal(chances.of([0, 10])),
        adders=chances.of([(), (), (evening,)]),
        losses=chances.of([Decimal(0), Decimal("0.05")]),
        tax=chances.of([Decimal(0), Decimal("0.1")]),
        pool_fee=chances.of([Decimal(0), Decimal("0.02")]),
        start_margin_per_mwh=Decimal(chances.of([0, 5])),
    )
