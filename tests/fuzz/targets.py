"""Everything that reads bytes of others, by name: an adapter's first, then its document's."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz.local import LOCAL
from tests.fuzz.markets import MARKETS
from tests.fuzz.mining import MINING
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {**MARKETS, **MINING, **LOCAL}
