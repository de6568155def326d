"""What a firmware can be told through its driver: declared beside the driver, printed by `curtaild
fleet firmwares` and in docs/miners.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What the wire of an act was tested against."""

    RECORDED = "recorded"
    """Replies of a real miner."""
    DOCUMENTED = "documented"
    """Simulated, after what its vendor or its own published scripts say."""
    UNRECORDED = "unrecorded"
    """Simulated, after what other clients do."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a miner can be asked or told."""

    name: str
    wire: str
    """What is sent, in order."""
    takes: str
    """How long until it shows."""
    proof: Proof


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Of one firmware, through one driver."""

    runs_on: str = ""
    acts: tuple[Act, ...] = ()
    levels: str = ""
    """Between off and full."""
    verified_by: str = ""
    """What shows that a command was obeyed, with its evidence grade."""
    survives_reboot: str = ""
    """Whether a miner that was stopped is still off after a reboot or a loss of power."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A driver by the name that configurations give it."""

    driver: str
    capabilities: Capabilities


def as_markdown(drivers: Iterable[Declared]) -> str:
    """Two tables: what each firmware is like, and what it is asked and told."""
    drivers = list(drivers)
    lines = ["| `driver` | runs on | levels | verified by | stopped, after a reboot |"]
    lines.append("|---|---|---|---|---|")
    for one in drivers:
        known = one.capabilities
        cells = (known.runs_on, known.levels, known.verified_by, known.survives_reboot)
        lines.append(_row(f"`{one.driver}`", *cells))
    lines += ["", "| `driver` | act | sent | shows | tested against |", "|---|---|---|---|---|"]
    for one in drivers:
        for act in one.capabilities.acts:
            lines.append(_row(f"`{one.driver}`", act.name, act.wire, act.takes, act.proof))
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
