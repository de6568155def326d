"""The same as through our own drivers, and a second mind on readings."""

from __future__ import annotations

from dataclasses import replace

from controller.fleet.antminer.capabilities import CAPABILITIES as ANTMINER
from controller.fleet.capabilities import Act, Capabilities, Proof
from controller.fleet.luxos.capabilities import CAPABILITIES as LUXOS


def _read_beside(own: Capabilities, read: str, verified_by: str) -> Capabilities:
    """`own`, with a read that pyasic-rs has a part in."""
    acts = tuple(
        Act("read", f"{act.wire}; {read} by pyasic-rs", "both", Proof.RECORDED)
        if act.name == "read"
        else act
        for act in own.acts
    )
    return replace(own, acts=acts, verified_by=verified_by)


OF_LUXOS = _read_beside(
    LUXOS, "watts, hashrate and shares", "the watts that pyasic-rs reads (`self_report`)"
)
OF_ANTMINERS = _read_beside(ANTMINER, "whether it mines", ANTMINER.verified_by)
