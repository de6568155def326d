"""How each address is asked what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from controller.fleet.antminer.settings import AntminerMiners, StockMiners
from controller.fleet.driver import DeclaredDriver, Driver
from controller.fleet.settings import GroupMiners

_ANY_W = 1
"""Watts are declared for a group; what a miner is does not depend on them."""


@dataclass(frozen=True, slots=True)
class Question:
    driver: Driver
    port: int


class Questions:
    """By address: the drivers to ask with, each at its port.

    An address of a configured group is asked with the port and the password of that group, any
    other with `password_file`, or with the password that its firmware comes with.
    """

    def __init__(
        self,
        drivers: Mapping[str, Driver],
        ports: Mapping[str, int],
        groups: Iterable[GroupMiners],
        password_file: Path | None,
    ) -> None:
        self._drivers = drivers
        self._ports = ports
        self._password_file = password_file
        self._groups = {
            place.address: group for group in groups for place in group.miners().values()
        }

    def of(self, address: str) -> Iterator[Question]:
        group = self._groups.get(address)
        for name, driver in self._drivers.items():
            if isinstance(driver, DeclaredDriver):
                driver.enrol(address, self._declared(address, group))
            same = group is not None and group.driver.endswith(name)
            yield Question(driver, group.port if group and same else self._ports[name])

    def _declared(self, address: str, group: GroupMiners | None) -> StockMiners:
        """Of its own for each address that is in no group: that strangers refuse us says nothing of
        the others."""
        if isinstance(group, StockMiners):
            return group
        return AntminerMiners(
            addresses=(address,), nameplate_w=_ANY_W, password_file=self._password_file
        )
