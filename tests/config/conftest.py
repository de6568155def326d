"""A configuration without fault, to be spoilt one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from controller.config.compose import Settings
from controller.config.load import load
from controller.config.problems import ConfigurationError
from controller.wiring import SETTINGS

SOUND = """\
site:
  id: north
  currency: USD
  zone: America/Chicago
  import_limit_kw: 190
groups:
  hall-a:
    limit_kw: 120
    miners: {driver: luxos, addresses: [10.0.1.1-10.0.1.40]}
  hall-b:
    miners: {driver: luxos, addresses: [10.0.2.1-10.0.2.24]}
programs:
  ers:
    authority: grid-operator
    allowed: [reduce_to_kw, reduce_by_kw]
    references:
      contracted: {kind: contracted, kw: 180}
pacing:
  minimum_off_s: 300
feeds:
  price: {adapter: price_file, path: prices.csv, time_column: t, price_column: p}
  hashprice: {adapter: hashprice_fixed, per_ph_day: 56.67, origin: 2023-09-06}
  meter: {adapter: meter_modbus, scope: site, host: 10.0.0.2}
ledger: {adapter: sqlite}
http:
  port: 8470
  tokens:
    grid-operator: tokens/grid
state_dir: state
"""
SECRET = "correct-horse-battery"

Spoil = Callable[..., Path]
Complaints = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds the files that the configuration names."""
    (tmp_path / "tokens").mkdir()
    token = tmp_path / "tokens" / "grid"
    token.write_text(SECRET)
    token.chmod(0o600)
    (tmp_path / "prices.csv").write_text("t,p\n2023-09-06T00:00:00Z,20\n")
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Writes the sound file with each `old` replaced by `new`: spoil(old, new, old, new)."""

    def write(*changes: str) -> Path:
        text = SOUND
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert old in text, old
            text = text.replace(old, new)
        path = folder / "site.yaml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def complaints(spoil: Spoil) -> Complaints:
    """What is said of a spoilt file, its folder left out: `site.yaml:5: key: reason`."""

    def say(*changes: str, environ: dict[str, str] | None = None) -> list[str]:
        path = spoil(*changes)
        with pytest.raises(ConfigurationError) as caught:
            load(path, SETTINGS, environ or {})
        return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]

    return say


@pytest.fixture
def settings(spoil: Spoil) -> Settings:
    return load(spoil(), SETTINGS, {})
