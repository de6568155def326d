"""From what people write to the words of the model."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from controller.config.compose import Settings
from controller.config.load import load
from controller.config.site import to_board, to_site
from controller.model.grid import Reference, ReferenceKind
from controller.model.site import Group, MeterSilence, Site
from controller.wiring import SETTINGS
from tests.config.conftest import Spoil

MORE = """\
  import_limit_kw: 190.5
  headroom_percent: 1.5
  safe_kw: 0.025
  meter_silent_after_s: 90
economics:
  adder_per_mwh: 10.25
  pool_fee_percent: 2
"""


def site_of(spoil: Spoil, *changes: str) -> Site:
    return to_site(load(spoil(*changes), SETTINGS, {}))


def test_kilowatts_become_watts_and_per_cent_a_fraction(spoil: Spoil) -> None:
    site = site_of(spoil, "  import_limit_kw: 190\n", MORE)
    assert site.import_limit_w == 190_500
    assert site.headroom == Decimal("0.015")
    assert site.meter_silence == MeterSilence(safe_w=25, after_s=90)
    assert site.economics.adder_per_mwh == Decimal("10.25")
    assert site.economics.pool_fee == Decimal("0.02")


def test_groups_and_programs(spoil: Spoil) -> None:
    site = site_of(spoil)
    usual = Group(income_lost_after_s=600)
    assert site.groups == {"hall-a": replace(usual, limit_w=120_000), "hall-b": usual}
    contracted = Reference(kind=ReferenceKind.CONTRACTED, contracted_w=180_000)
    assert site.programs["ers"].references == {"contracted": contracted}
    assert site.programs["ers"].allowed == ("reduce_to_kw", "reduce_by_kw")


def test_a_reference_taken_at_acceptance(spoil: Spoil) -> None:
    site = site_of(spoil, "{kind: contracted, kw: 180}", "{kind: power_at_acceptance}")
    taken = Reference(kind=ReferenceKind.POWER_AT_ACCEPTANCE)
    assert site.programs["ers"].references == {"contracted": taken}


def test_pacing_of_the_model_and_of_the_file_have_the_same_defaults(spoil: Spoil) -> None:
    declared = site_of(spoil).pacing
    assert declared == type(declared)()


def test_the_board_knows_every_metered_scope_and_the_site(spoil: Spoil) -> None:
    board = to_board(load(spoil("scope: site", "scope: hall-a"), SETTINGS, {}))
    assert set(board.meters) == {"site", "hall-a"}


def test_the_highest_meter_reading_follows_the_import_limit(settings: Settings) -> None:
    assert to_board(settings).meter_max_w == 1_900_000
