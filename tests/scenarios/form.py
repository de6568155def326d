"""The form of a scenario file, in the units people use. Its keys are explained in
docs/scenarios.md; those that declare the site are the configuration's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
import yaml

from controller.config.yaml12 import Loader
from controller.model.grid import SITE

Number: TypeAlias = int | float
Wanted: TypeAlias = Number | str
"""A number is compared at the precision it is written with; "<= 40" and ">= 40" are bounds."""
Minute: TypeAlias = str
"""A key of a schedule: from which minute on, as a number."""
Declared: TypeAlias = Mapping[str, Any]
"""A part of the configuration, as it stands in a file."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a scenario file."""


class GroupForm(Part, frozen=True, kw_only=True):
    """Miners of the model, and what the configuration may say of a group."""

    miners: int
    curve: str
    level: str = ""
    """At which they stand when it begins; the top of their curve where it is not said."""
    draw_percent: Number = 100
    """What they truly draw and report while they hash, of their curve's power."""
    watts: Literal["own", "none"] = "own"
    """Whether they report what they draw, or only the level they are at."""
    metered: bool = False
    """Whether the group has a meter of its own."""
    switched: bool = False
    """Whether each of its miners has a switch, as `switches` declares in a configuration."""
    firmware: str = ""
    """What its miners run, where that needs a canary; empty: it needs none."""
    stop_s: int | None = None
    """How long one takes to come down; None: as long as the scenario says for all."""
    start_s: int | None = None
    declared: Mapping[str, Any] = {}
    """The configuration's keys. In a file they stand beside those above. Where
    `income_lost_after_minutes` is among them, the miners count shares."""


class LevelForm(Part, frozen=True, kw_only=True):
    kw: Number
    ths: Number


class DispatchForm(Part, frozen=True, kw_only=True):
    """One version of a dispatch, issued and received at its event's minute. Of `kw`, `by_kw`,
    `by_percent`, `level` and `follow_kw` it has one."""

    id: str
    kw: Number | None = None
    by_kw: Number | None = None
    by_percent: Number | None = None
    reference: str = ""
    level: str = ""
    follow_kw: Number | None = None
    program: str = "program"
    version: int = 1
    from_minute: Number
    to_minute: Number | None = None


class OrderForm(Part, frozen=True, kw_only=True):
    id: str
    scope: str = SITE
    to_minute: Number
    person: str
    why: str
    kw: Number | None = None
    """The most to draw."""
    floor_kw: Number | None = None
    level: str = ""
    hold: bool = False
    emergency: bool = False


class OptOutForm(Part, frozen=True, kw_only=True):
    dispatch: str
    person: str
    why: str


class LockForm(Part, frozen=True, kw_only=True):
    place: str
    person: str
    why: str


Behaviour: TypeAlias = Literal["obey", "ignore", "refuse", "lie", "hang", "wake", "forget"]


class Event(Part, frozen=True, kw_only=True):
    """Something that happens to the site at a minute."""

    minute: Number
    dispatch: DispatchForm | None = None
    cancel: str | None = None
    recall: str | None = None
    """This dispatch is ended by voice."""
    opt_out: OptOutForm | None = None
    order: OrderForm | None = None
    end_order: str | None = None
    lock: LockForm | None = None
    release: str | None = None
    miners: tuple[str, ...] = ()
    begin_to: Behaviour | None = None
    set_to: str | None = None
    """Somebody else set these miners to this level."""
    flash: str | None = None
    """Somebody put this firmware on these miners."""
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
    cooling: Mapping[str, bool] | None = None
    """By group, whether its fans should run."""
    frozen_meters: tuple[str, ...] | None = None
    contested: tuple[str, ...] | None = None
    canaries: Mapping[str, str] | None = None
    """By firmware, how far its canary is: exactly these."""
    waived: Mapping[str, int] | None = None
    """By firmware, how many of its miners could not wait for one: exactly these."""
    ratio_percent: Mapping[str, Wanted] | None = None
    """By group, what meters have shown its miners to draw, of their nominal power."""
    shed_kw: Mapping[str, Wanted] | None = None
    """By seconds, what could be shed within them."""
    add_kw: Mapping[str, Wanted] | None = None
    says: Mapping[str, str] | None = None
    """By group, words of the sentence that explains it."""


class Scenario(Part, frozen=True, kw_only=True):
    """`site`, `economics`, `pacing` and the like are written as in a configuration file."""

    title: str
    description: str
    minutes: Number
    site: Declared
    groups: Mapping[str, GroupForm]
    expect: tuple[Expectation, ...]
    curves: Mapping[str, Mapping[str, LevelForm]] = {}
    economics: Declared = {}
    pacing: Declared = {}
    programs: Declared = {}
    """Where there is none, dispatches come under `program`, which may ask for anything. Where one
    does not say its `response_s` it is two hours, so that lowering begins at a dispatch's start."""
    breakers: Declared = {}
    neighbours: Declared = {}
    rules: Declared = {}
    engine: Declared | None = None
    calendar: Declared = {}
    tariff: Declared = {}
    schedules: Declared = {}
    supply: Declared = {}
    price_per_mwh: Mapping[Minute, Wanted]
    price_assumed_per_mwh: Number | None = None
    """What the site acts upon while that is not fresh."""
    price_interval_minutes: Number = 0
    """How long an interval of that price is; 0 where it is not known."""
    hashprice_per_ph_day: Mapping[Minute, Wanted] = msgspec.field(
        default_factory=lambda: {"0": 56.67}
    )
    meter: Mapping[Minute, Literal["reads", "silent", "frozen"]] = msgspec.field(
        default_factory=lambda: {"0": "reads"}
    )
    """The site's. A frozen one shows for ever what it showed last, with fresh stamps."""
    group_meters: Mapping[Minute, Literal["reads", "silent", "frozen"]] = msgspec.field(
        default_factory=lambda: {"0": "reads"}
    )
    meters_waver_w: int = 0
    """By so much they are off, up and down in turn: no reading is like the one before."""
    signals: Mapping[str, Mapping[Minute, Wanted]] = {}
    """By name: a number, or `stale` or `missing`."""
    conditions: Mapping[str, Mapping[Minute, str]] = {}
    """By name: what the grid says of itself."""
    neighbour_kw: Mapping[str, Mapping[Minute, Wanted]] = {}
    """By neighbour, what it draws; `stale` where its meter falls silent."""
    local_time: Mapping[Minute, Number] = msgspec.field(default_factory=lambda: {"0": 0})
    """Hours that local time is ahead of UTC. The first minute is 17:00 UTC on a Wednesday."""
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
    return text_keys(yaml.load(path.read_text(encoding="utf-8"), Loader))


def text_keys(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {str(key): text_keys(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [text_keys(value) for value in plain]
    return plain


def load(path: Path) -> Scenario:
    """The scenario of a file.

    Raises:
        msgspec.ValidationError: naming the place of what does not fit the form.
    """
    return scenario_of(read(path))


def scenario_of(plain: Mapping[str, Any]) -> Scenario:
    """The same of plain values, with the models of miners that all scenarios share."""
    curves = read(MODELS) | plain.get("curves", {})
    groups = {name: _group(group) for name, group in plain["groups"].items()}
    return msgspec.convert({**plain, "curves": curves, "groups": groups}, Scenario)


def _group(plain: Mapping[str, Any]) -> dict[str, Any]:
    own = {field.name for field in msgspec.structs.fields(GroupForm)} - {"declared"}
    declared = {key: value for key, value in plain.items() if key not in own}
    return {key: plain[key] for key in plain if key in own} | {"declared": declared}


def files() -> list[Path]:
    """Every scenario, by name."""
    return sorted(HERE.glob("*.yaml"))


def watts(kw: Number) -> int:
    return round(Decimal(str(kw)) * 1000)
