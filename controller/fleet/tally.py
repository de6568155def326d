"""What the fleet counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from controller.model.view import FleetHealth


@dataclass
class Tally:
    """Counts since the process began, shared by everything in the fleet."""

    abandoned: int = 0
    probes: int = 0
    sent: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    identity_changes: Counter[str] = field(default_factory=Counter)

    def failed(self, kind: str) -> None:
        self.failures[kind] += 1

    def health(
        self, *, known: int, reachable: int, refused_credentials: int, problems: tuple[str, ...]
    ) -> FleetHealth:
        return FleetHealth(
            known=known,
            reachable=reachable,
            refused_credentials=refused_credentials,
            abandoned_calls=self.abandoned,
            probes=self.probes,
            sent=self.sent,
            failures=dict(sorted(self.failures.items())),
            identity_changes=dict(sorted(self.identity_changes.items())),
            problems=problems,
        )
