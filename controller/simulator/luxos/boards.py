"""What a LuxOS miner answers about its hash boards, in the recorded shapes."""

from __future__ import annotations

from controller.simulator.luxos.catalog import Reply
from controller.simulator.luxos.look import BOARDS, Look, Row

_WINDOWS_S: dict[str, float | None] = {
    "MHS 5s": None,
    "MHS 1m": 60,
    "MHS 5m": 300,
    "MHS 15m": 900,
    "MHS 30m": 1800,
    "MHS 60m": 3600,
    "MHS av": float("inf"),
    "Total MH": float("inf"),
}


def devs(look: Look) -> Reply:
    rows: list[Row] = look.miner.model.recorded["devs"]["DEVS"]
    live = _board(look)
    board_shares = [(look.accepted + place) // BOARDS for place in range(BOARDS)]
    found = [{**row, **live, **_shares(look, n)} for row, n in zip(rows, board_shares, strict=True)]
    return look.reply("devs", DEVS=found)


def _shares(look: Look, accepted: int) -> Row:
    difficulty = accepted * look.miner.shares.difficulty
    return {"Accepted": accepted, "Diff1 Work": difficulty, "Difficulty Accepted": difficulty}


def _board(look: Look) -> Row:
    nominal_ghs = look.profile["Hashrate"] * 1000
    return {
        **{name: look.ghs(window_s) * 1000 / BOARDS for name, window_s in _WINDOWS_S.items()},
        "Device Elapsed": look.elapsed_s,
        "IsRamping": look.physics.starting(look.at),
        "IsUserShutdown": look.asleep,
        "Last Share Time": look.when,
        "Last Valid Work": look.when,
        "Nominal MHS": nominal_ghs * 1000 / BOARDS,
        "Profile": look.profile["Profile Name"],
        "Status": "Dead" if look.asleep else "Alive",
    }


def stats(look: Look) -> Reply:
    frequency = float(look.profile["Frequency"]) if look.hashing else 0.0
    rate = f"{look.ghs() / BOARDS:.2f}"
    row = {
        **look.row("stats", "STATS", 1),
        **{f"chain_rate{board}": rate for board in range(1, BOARDS + 1)},
        **{f"freq{board}": frequency for board in range(1, BOARDS + 1)},
        "Elapsed": look.elapsed_s,
        "GHS 5s": round(look.ghs(), 2),
        "GHS av": round(look.ghs(float("inf")), 2),
        "frequency": int(frequency),
        "miner_id": look.miner.mac.replace(":", ""),
        "rate_30m": round(look.ghs(1800), 2),
        "total rate": round(look.ghs(), 2),
        "total_freqavg": frequency,
        "total_rateideal": look.profile["Hashrate"] * 1000,
    }
    return look.reply("stats", STATS=[look.row("stats", "STATS"), row])
