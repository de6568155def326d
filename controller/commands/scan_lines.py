"""What a scan found, in the forms that are used further: lines of a configuration, rows of CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from controller.fleet.scan.finding import Finding


def config_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Ready for `groups.*.miners`: one block for each firmware and port."""
    from controller.fleet.scan.ranges import in_ranges

    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for one in findings:
        if one.port is not None:
            found[one.firmware, one.port].append(one.address)
    for (firmware, port), addresses in sorted(found.items()):
        yield ""
        yield f"    # {len(addresses)} of {firmware}"
        yield f"    driver: {firmware}"
        yield f"    port: {port}"
        yield "    addresses:"
        yield from (f"      - {one}" for one in in_ranges(addresses))


def row_of(finding: Finding) -> dict[str, Any]:
    """As a row of `COLUMNS`."""
    return {
        "miner": finding.address,
        "address": finding.address,
        "port": finding.port,
        "firmware": finding.firmware,
        "model": finding.model,
        "version": finding.version,
        "mac": finding.mac,
        "own_level": finding.own_level,
        "reachable": True,
    }
