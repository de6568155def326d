"""What LuxOS can be asked and told."""

from __future__ import annotations

from controller.fleet.capabilities import Act, Capabilities, Proof

CAPABILITIES = Capabilities(
    runs_on="Antminers with LuxOS",
    levels="its own profiles, as it lists them",
    verified_by="the watts that it reports (`self_report`)",
    survives_reboot="no: it boots at its profile, and is told again",
    acts=(
        Act("identify", "`config`, `profiles`", "one round trip each", Proof.RECORDED),
        Act("read", "`power+summary+config`", "one round trip", Proof.RECORDED),
        Act(
            "stop",
            "`logon`, `curtail` sleep, `logoff`",
            "25 W within 5 s, as Luxor publishes",
            Proof.DOCUMENTED,
        ),
        Act(
            "start",
            "`power+config`, `logon`, `curtail` wakeup, `logoff`",
            "full power within 10 s, as Luxor publishes",
            Proof.DOCUMENTED,
        ),
        Act(
            "level",
            "`logon`, `atm`, `atmset` off, `profileset`, `atmset` on, `logoff`",
            "some 10 s",
            Proof.DOCUMENTED,
        ),
    ),
)
