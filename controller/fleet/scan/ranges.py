"""Addresses, written as shortly as a configuration takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

_Address = IPv4Address | IPv6Address


def in_ranges(addresses: Iterable[str]) -> list[str]:
    """Those that follow one another as `first-last`; each of them once, by number."""
    numbers = sorted({ip_address(one) for one in addresses}, key=lambda one: (one.version, one))
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in _runs(numbers)]


def _runs(numbers: Iterable[_Address]) -> Iterator[list[_Address]]:
    run: list[_Address] = []
    for one in numbers:
        if run and (one.version, int(one)) != (run[-1].version, int(run[-1]) + 1):
            yield run
            run = []
        run.append(one)
    if run:
        yield run
