"""What the stock firmware of Antminers can be asked and told."""

from __future__ import annotations

from controller.fleet.capabilities import Act, Capabilities, Proof

_SET = "`get_system_info`, `get_miner_conf`, `set_miner_conf`, `get_miner_conf`"

CAPABILITIES = Capabilities(
    runs_on="Antminers of 2020 and later (S19, S21) as Bitmain sells them",
    levels="low power, where `low_power_w` is declared",
    verified_by="a meter; it reports no watts, and its mode and hashrate are `inferred`",
    survives_reboot="yes: its configuration says sleep",
    acts=(
        Act(
            "identify",
            "`get_system_info`, `get_miner_conf`, `summary`",
            "one visit",
            Proof.RECORDED,
        ),
        Act(
            "read",
            "`get_system_info`, `get_miner_conf`, `summary`, `pools`",
            "one visit",
            Proof.RECORDED,
        ),
        Act("stop", f"{_SET} (mode 1)", "up to 20 s to answer, then some 15 s", Proof.DOCUMENTED),
        Act(
            "start",
            f"{_SET} (mode and frequency as they were)",
            "up to 20 s to answer, minutes to hash",
            Proof.DOCUMENTED,
        ),
        Act("low power", f"{_SET} (mode 3)", "as a start", Proof.DOCUMENTED),
    ),
)
