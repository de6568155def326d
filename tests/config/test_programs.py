"""What programs declare: levels, references, obligations and opting out fit together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from controller.config.load import load
from controller.config.site import to_site
from controller.model.grid import Follow, Obligation, ReduceBy, ReduceByPercent, ReduceTo
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil

ALLOWED = "    allowed: [reduce_to_kw, reduce_by_kw]\n"
LEVELS = """\
    allowed: [level, follow_kw]
    levels:
      "1": {kind: reduce_by_kw, kw: 20.5, reference: contracted}
      "2": {kind: reduce_by_percent, percent: 50, reference: contracted}
      high: {kind: reduce_to_kw, kw: 10}
      "4": {kind: follow_kw, kw: 90}
    normal_levels: ["0"]
"""
TERMS = """\
    counted_from: contracted
    response_s: 600
    obligation: financial
    weighed: true
    penalty_per_mwh: 400
    may_opt_out: true
    capacity_kw: 30
"""


def test_levels_become_targets(spoil: Spoil) -> None:
    program = to_site(load(spoil(ALLOWED, LEVELS), SETTINGS, {})).programs["ers"]
    assert program.levels == {
        "1": ReduceBy(kw=Decimal("20.5"), reference="contracted"),
        "2": ReduceByPercent(percent=Decimal(50), reference="contracted"),
        "high": ReduceTo(kw=Decimal(10)),
        "4": Follow(kw=Decimal(90)),
    }
    assert program.normal_levels == ("0",)


def test_terms(spoil: Spoil) -> None:
    program = to_site(load(spoil(ALLOWED, ALLOWED + TERMS), SETTINGS, {})).programs["ers"]
    assert (program.counted_from, program.response_s) == ("contracted", 600)
    assert (program.obligation, program.weighed) == (Obligation.FINANCIAL, True)
    assert (program.penalty_per_mwh, program.penalty_per_dispatch) == (Decimal(400), Decimal(0))
    assert (program.may_opt_out, program.emergency, program.capacity_w) == (True, False, 30_000)


def test_what_is_not_weighed_may_cost_by_the_dispatch(spoil: Spoil) -> None:
    terms = TERMS.replace("weighed: true", "penalty_per_dispatch: 250")
    program = to_site(load(spoil(ALLOWED, ALLOWED + terms), SETTINGS, {})).programs["ers"]
    assert (program.weighed, program.penalty_per_dispatch) == (False, Decimal(250))


def test_without_a_word_it_is_compliance_at_once_and_nobody_opts_out(spoil: Spoil) -> None:
    program = to_site(load(spoil(), SETTINGS, {})).programs["ers"]
    assert (program.obligation, program.weighed) == (Obligation.COMPLIANCE, False)
    assert (program.response_s, program.may_opt_out, program.counted_from) == (0, False, "")


AFTER = "programs.ers"
CASES = {
    "compliance is not weighed": (
        "    weighed: true\n    penalty_per_mwh: 4\n",
        f"{AFTER}.weighed: compliance is never weighed against money: leave it out",
    ),
    "nothing to weigh": (
        "    obligation: financial\n    weighed: true\n",
        f"{AFTER}.penalty_per_mwh: is missing: weighed needs the penalty to weigh",
    ),
    "an emergency is not weighed": (
        "    obligation: financial\n    weighed: true\n    penalty_per_mwh: 4\n"
        "    emergency: true\n",
        f"{AFTER}.weighed: an emergency is never weighed against money: leave it out",
    ),
    "what a whole dispatch costs is not weighed": (
        "    obligation: financial\n    weighed: true\n    penalty_per_mwh: 4\n"
        "    penalty_per_dispatch: 250\n",
        f"{AFTER}.penalty_per_dispatch: one step too few would cost all of it: leave it out, or "
        "weighed",
    ),
    "nobody opts out of an emergency": (
        "    may_opt_out: true\n    emergency: true\n",
        f"{AFTER}.may_opt_out: nobody opts out of an emergency: leave it out",
    ),
    "counted from nothing": (
        "    counted_from: contract\n",
        f"{AFTER}.counted_from: must be one of references: contracted; did you mean contracted?",
    ),
    "levels that cannot be asked for": (
        '    normal_levels: ["0"]\n',
        f"{AFTER}.allowed: has no `level`: add it, or take levels and normal_levels out",
    ),
    "a negative penalty": (
        "    penalty_per_mwh: -1\n",
        f"{AFTER}.penalty_per_mwh: ",
    ),
}


@pytest.mark.parametrize(("more", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(complaints: Complaints, more: str, said: str) -> None:
    found = complaints(ALLOWED, ALLOWED + more)
    assert any(said in line for line in found), found


OF_LEVELS = {
    "no level said": (
        LEVELS[: LEVELS.index("    levels:")],
        f"{AFTER}.levels: is missing: say what each level asks for",
    ),
    "a level of an unknown reference": (
        LEVELS.replace("kw: 20.5, reference: contracted", "kw: 20.5, reference: now"),
        f"{AFTER}.levels.1.reference: must be one of references: contracted",
    ),
    "a level named twice": (
        LEVELS.replace('["0"]', '["0", high]'),
        f"{AFTER}.normal_levels: high asks for something under levels: name it once",
    ),
    "a level of a level": (
        LEVELS.replace("{kind: reduce_to_kw, kw: 10}", '{kind: level, level: "1"}'),
        f"{AFTER}.levels.high.kind: ",
    ),
}


@pytest.mark.parametrize(("levels", "said"), OF_LEVELS.values(), ids=OF_LEVELS.keys())
def test_levels_that_do_not_fit_are_named(complaints: Complaints, levels: str, said: str) -> None:
    found = complaints(ALLOWED, levels)
    assert any(said in line for line in found), found
