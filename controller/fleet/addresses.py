"""Where miners are, as people write it: single addresses, ranges, networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range
from typing import NamedTuple

MOST = 65_536


class Place(NamedTuple):
    """Where one miner is spoken with."""

    address: str
    port: int
    mac: str = ""
    """The one that has to answer there; empty where any may."""

    def is_of(self, mac: str) -> bool:
        """Whether a miner with this address of its own is the one that has to answer."""
        return not self.mac or plain_mac(mac) == plain_mac(self.mac)


def plain_mac(mac: str) -> str:
    """However it is written."""
    return mac.replace("-", ":").lower()


_Address = IPv4Address | IPv6Address


def expand(addresses: Iterable[str]) -> list[str]:
    """Every address of `10.0.0.7`, `10.0.0.1-10.0.0.40` and `10.0.0.0/28`, in order.

    A network stands for its hosts.

    Raises:
        ValueError: naming the entry that is no address, reversed, double or too much.
    """
    expanded: dict[str, str] = {}
    for entry in addresses:
        for address in _of(entry):
            if len(expanded) == MOST:
                raise ValueError(f"{entry}: these are more than {MOST} addresses together")
            if str(address) in expanded:
                earlier = expanded[str(address)]
                raise ValueError(f"{entry}: {address} is in {earlier} already; name it once")
            expanded[str(address)] = entry
    return list(expanded)


def _of(entry: str) -> Iterator[_Address]:
    if "-" in entry:
        return _range(entry)
    if "/" in entry:
        return _network(entry)
    return iter((_single(entry, entry),))


def _single(text: str, entry: str) -> _Address:
    try:
        return ip_address(text.strip())
    except ValueError:
        raise ValueError(
            f"{entry}: {text.strip()!r} is not an IP address; "
            "write 10.0.0.7, 10.0.0.1-10.0.0.40 or 10.0.0.0/28"
        ) from None


def _range(entry: str) -> Iterator[_Address]:
    left, _, right = entry.partition("-")
    first, last = _single(left, entry), _single(right, entry)
    if first.version != last.version:
        raise ValueError(f"{entry}: one end is IPv4 and the other IPv6")
    if int(first) > int(last):
        raise ValueError(f"{entry}: the range is reversed; write {last}-{first}")
    for network in summarize_address_range(first, last):
        yield from network


def _network(entry: str) -> Iterator[_Address]:
    try:
        network = ip_network(entry.strip())
    except ValueError as error:
        raise ValueError(f"{entry}: not a network: {error}") from None
    yield from network.hosts()


def miner_id(address: str, port: int, usual_port: int) -> str:
    """`10.0.0.7`, or `10.0.0.7:4029` where the port is not the firmware's usual one."""
    if port == usual_port:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
