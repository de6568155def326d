"""`make bench-fleet`: from one poll to a site of 50 MW. About twenty minutes."""

from __future__ import annotations

import sys

from tests.bench import (
    fleet_dead,
    fleet_dispatch,
    fleet_load,
    fleet_mixed,
    fleet_polls,
    fleet_stock,
)
from tests.bench.figures import answer


def main() -> int:
    parts = (fleet_polls, fleet_stock, fleet_load, fleet_dispatch, fleet_dead, fleet_mixed)
    return answer([figure for part in parts for figure in part.figures()])


if __name__ == "__main__":
    sys.exit(main())
