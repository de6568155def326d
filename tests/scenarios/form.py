"""The form of a scenario file, in the units people use. Its keys are explained in
docs/scenarios.md; those of `site`, `groups`, `economics` and `pacing` are the configuration's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
import yaml

from controller.config.yaml12 import Loader

Number: TypeAlias = int | float
Wanted: TypeAlias = Number | str
"""A number is compared at the precision it is written with; "<= 40" and ">= 40" are bounds."""
Minute: TypeAlias = str
"""A key of a schedule: from which minute on, as a number."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a scenario file."""


class SiteForm(Part, frozen=True, kw_only=True):
    import_limit_kw: Number
    headroom_percent: Number = 2
    safe_kw: Number | None = None
    meter_silent_after_s: int | None = None
    settle_s: int = 10


class GroupForm(Part, frozen=True, kw_only=True):
    miners: int
    curve: str
    level: str = ""
    """At which they stand when it begins; the top of their curve where it is not said."""
    draw_percent: Number = 100
    """What they truly draw and report while they hash, of their curve's power."""
    limit_kw: Number | None = None
    floor_kw: Number = 0
    floor_source: str = ""
    adder_per_mwh: Number = 0
    income_lost_after_minutes: int | None = None
    """Where it is set, its miners count shares."""
    watts: Literal["own", "none"] = "own"
    """Whether they report what they draw, or only the level they are at."""
    metered: bool = False
    """Whether the group has a meter of its own."""


class LevelForm(Part, frozen=True, kw_only=True):
    kw: Number
    ths: Number


class EconomicsForm(Part, frozen=True, kw_only=True):
    adder_per_mwh: Number = 0
    pool_fee_percent: Number = 0
    start_margin_per_mwh: Number = 0


class PacingForm(Part, frozen=True, kw_only=True):
    minimum_on_s: int = 600
    minimum_off_s: int = 300
    restore_kw_per_minute: Number = 1000
    stop_within_s: int = 30
    start_within_s: int = 300
    attempts: int = 3
    retry_after_s: int = 600


class DispatchForm(Part, frozen=True, kw_only=True):
    id: str
    kw: Number
    version: int = 1
    from_minute: Number
    to_minute: Number | None = None


class OrderForm(Part, frozen=True, kw_only=True):
    id: str
    scope: str
    to_minute: Number
    person: str
    why: str
    kw: Number | None = None
    level: str = ""


class LockForm(Part, frozen=True, kw_only=True):
    place: str
    person: str
    why: str


Behaviour: TypeAlias = Literal["obey", "ignore", "refuse", "lie", "hang"]


class Event(Part, frozen=True, kw_only=True):
    """Something that happens to the site at a minute."""

    minute: Number
    dispatch: DispatchForm | None = None
    cancel: str | None = None
    order: OrderForm | None = None
    lock: LockForm | None = None
    release: str | None = None
    miners: tuple[str, ...] = ()
    begin_to: Behaviour | None = None
    set_to: str | None = None
    """Somebody else set these miners to this level."""
    other_load_kw: Number | None = None
    income_stops: str | None = None
    """No share of this group is accepted from now on,"""
    income_returns: str | None = None
    """or they are again."""


class Expectation(Part, frozen=True, kw_only=True):
    """What has to hold at a minute, or at every look of a span of minutes."""

    minute: Number | None = None
    minutes: tuple[Number, Number] | None = None
    mode: str | None = None
    power_kw: Wanted | None = None
    """What the site's meter would show."""
    target_kw: Wanted | None = None
    expected_kw: Wanted | None = None
    limit_kw: Wanted | None = None
    shortfall_kw: Wanted | None = None
    commands: Wanted | None = None
    """Commands of that look, or of the whole span."""
    command_reasons: Mapping[str, Wanted] | None = None
    """How many commands for which reason: exactly these."""
    repeats: Wanted | None = None
    """How many of the commands were not first attempts."""
    reasons: Mapping[str, str] | None = None
    levels: Mapping[str, Mapping[str, int]] | None = None
    """By group, how many miners the plan wants at each level, of those that can be told."""
    running: Mapping[str, Mapping[str, int]] | None = None
    """By group, how many miners truly are at each level."""
    held: Mapping[str, int] | None = None
    curtailed_kw: Mapping[str, Wanted] | None = None
    """Exactly these causes."""
    break_even_per_mwh: Mapping[str, Wanted] | None = None
    """By group, of the best step that does not run."""


class Scenario(Part, frozen=True, kw_only=True):
    title: str
    description: str
    minutes: Number
    site: SiteForm
    groups: Mapping[str, GroupForm]
    expect: tuple[Expectation, ...]
    curves: Mapping[str, Mapping[str, LevelForm]] = {}
    economics: EconomicsForm = EconomicsForm()
    pacing: PacingForm = PacingForm()
    price_per_mwh: Mapping[Minute, Wanted]
    hashprice_per_ph_day: Mapping[Minute, Wanted] = msgspec.field(
        default_factory=lambda: {"0": 56.67}
    )
    meter: Mapping[Minute, Literal["reads", "silent"]] = msgspec.field(
        default_factory=lambda: {"0": "reads"}
    )
    other_load_kw: Number = 0
    fleet_known_from_minute: Number = 0
    stop_s: int = 5
    """How long a miner takes to stop."""
    start_s: int = 20
    cycle_s: int = 15
    happens: tuple[Event, ...] = ()


HERE = Path(__file__).parent
MODELS = HERE / "miners" / "models.yaml"


def read(path: Path) -> Any:
    """A YAML file as plain values; the keys of schedules become text."""
    return _text_keys(yaml.load(path.read_text(encoding="utf-8"), Loader))


def _text_keys(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {str(key): _text_keys(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_text_keys(value) for value in plain]
    return plain


def load(path: Path) -> Scenario:
    """The scenario of a file.

    Raises:
        msgspec.ValidationError: naming the place of what does not fit the form.
    """
    plain = read(path)
    plain["curves"] = read(MODELS) | plain.get("curves", {})
    return msgspec.convert(plain, Scenario)


def files() -> list[Path]:
    """Every scenario, by name."""
    return sorted(HERE.glob("*.yaml"))


def watts(kw: Number) -> int:
    return round(Decimal(str(kw)) * 1000)
