"""A configuration without fault, and the files that it names."""

from __future__ import annotations

from pathlib import Path

SOUND = """\
site:
  id: north
  currency: USD
  zone: America/Chicago
  import_limit_kw: 190
groups:
  hall-a:
    limit_kw: 120
    miners: {driver: luxos, addresses: [127.20.1.1-127.20.1.40]}
  hall-b:
    miners: {driver: luxos, addresses: [127.20.2.1-127.20.2.24]}
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
  meter: {adapter: meter_modbus, scope: site, host: 127.20.0.2}
ledger: {adapter: sqlite}
http:
  port: 8470
  tokens:
    grid-operator: tokens/grid
state_dir: state
"""
SECRET = "correct-horse-battery"


def provide(folder: Path) -> Path:
    """Puts the files there that the configuration names."""
    (folder / "tokens").mkdir()
    token = folder / "tokens" / "grid"
    token.write_text(SECRET)
    token.chmod(0o600)
    (folder / "prices.csv").write_text("t,p\n2023-09-06T00:00:00Z,20\n")
    return folder


def spoilt(folder: Path, *changes: str) -> Path:
    """The sound file with each `old` replaced by `new`: spoilt(folder, old, new, old, new)."""
    text = SOUND
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "site.yaml"
    path.write_text(text)
    return path
