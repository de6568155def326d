"""Files for a study, made up: prices that waver about the break-even of old miners, and spikes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from controller.backtest.study.__main__ import findings, parser
from controller.backtest.study.findings import Findings

HUBS = ("HB_A", "HB_B")
STORM = datetime(2021, 2, 15, tzinfo=UTC), datetime(2021, 2, 18, tzinfo=UTC)
COMMAND = "python -m controller.backtest.study --made-up"


def files(folder: Path, first: datetime, days: int, minutes: int) -> list[str]:
    """The arguments that name them; all local days of Texas are whole if `first` begins one."""
    rt, dam, hashprice = (folder / name for name in ("rt.csv", "dam.csv", "hashprice.csv"))
    stamps = [first + timedelta(minutes=minutes) * n for n in range(days * 1440 // minutes)]
    columns = zip(stamps, *(_prices(seed, stamps) for seed in range(len(HUBS))), strict=True)
    rows = [f"{at:%Y-%m-%dT%H:%MZ},{one},{other}" for at, one, other in columns]
    _write(rt, f"interval_start_utc,{','.join(HUBS)}", rows)
    hourly = [f"{first + timedelta(hours=n):%Y-%m-%dT%H:%MZ},60" for n in range(days * 24)]
    _write(dam, "interval_start_utc,HB_HUBAVG", hourly)
    dates = [first.date() + timedelta(days=n) for n in range(days + 1)]
    _write(hashprice, "date,usd_per_ph_day_without_fees", [f"{day},70" for day in dates])
    return ["--rt", str(rt), "--dam", str(dam), "--hashprice", str(hashprice)]


def _write(path: Path, head: str, rows: list[str]) -> None:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def _prices(seed: int, stamps: list[datetime]) -> Iterator[float]:
    """An S19j Pro breaks even at 98.9 where hashes earn 70, an S21 at 166.7."""
    chance, peak, left = Random(seed), 0.0, 0
    for at in stamps:
        if not left and chance.random() < 0.03:
            peak, left = chance.choice((60.0, 120.0, 500.0)), chance.randrange(4, 12)
        left = max(0, left - 1)
        frozen = STORM[0] <= at < STORM[1]
        price = 8_000 if frozen else 50 + chance.gauss(0, 10) + (peak if left else 0)
        yield round(price, 2)


def studied(folder: Path, first: datetime, days: int, minutes: int, *more: str) -> Findings:
    """What comes of such files."""
    args = parser().parse_args([*files(folder, first, days, minutes), *more])
    return findings(args, COMMAND)
