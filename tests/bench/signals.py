"""`make bench-signals`: parsing beside the library's, and from arrival to the recorded plan."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tests.bench import signals_arrival, signals_parse
from tests.bench.figures import Figure, answer

PARTS: Mapping[str, Callable[[], list[Figure]]] = {
    "parse": signals_parse.figures,
    "arrival": signals_arrival.figures,
}

if __name__ == "__main__":
    wanted = sys.argv[1:] or list(PARTS)
    raise SystemExit(answer([figure for part in wanted for figure in PARTS[part]()]))
