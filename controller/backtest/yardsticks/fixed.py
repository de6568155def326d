"""Ways to run that look at no price."""

from __future__ import annotations

from controller.backtest.yardsticks.machine import Machine, Market


def always_on(machine: Machine, market: Market, on_rung: int | None = None) -> bytes:
    """The same running rung throughout, the top one if none is named."""
    rung = machine.top if on_rung is None else on_rung
    assert 0 < rung <= machine.top
    return bytes([rung]) * len(market)


def off(market: Market) -> bytes:
    """Standby throughout."""
    return bytes(len(market))
