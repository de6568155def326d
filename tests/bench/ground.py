"""`make bench-ground`: a large site, as an operator would run it. About three minutes."""

from __future__ import annotations

import sys

from tests.bench import ground_cycle, ground_dispatch, ground_poll
from tests.bench.figures import answer


def main() -> int:
    parts = (ground_cycle, ground_poll, ground_dispatch)
    return answer([figure for part in parts for figure in part.figures()])


if __name__ == "__main__":
    sys.exit(main())
