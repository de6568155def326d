"""Which miners of a scope run, as their own readings show, and how many are to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from controller.commands.fleet_pages import miners_of
from controller.commands.fleet_waiting import Count, covers
from controller.model.fleet import IDLE

if TYPE_CHECKING:
    from controller.config.compose import Settings


def running(settings: Settings, state: dict[str, Any], scope: str, ended: Collection[str]) -> Count:
    """Of the miners of a scope, those that hash. Enough are, in each group, as many as would be to
    run if none had to wait; all, while the daemon has not decided without the `ended` orders.

    Which miners of a group are to run is not known before they are told: part of it is taken for
    those that are.
    """
    there = [one for one in miners_of(settings.http) if covers(scope, one)]
    run = Counter(one["group"] for one in there if _runs(one))
    decided = not any(order["id"] in ended for order in state["orders"])
    wanted = _wanted(state) if decided else {}
    miners = Counter(one["group"] for one in there)
    due = {group: min(wanted.get(group, most), most) for group, most in miners.items()}
    enough = all(run[group] >= count for group, count in due.items())
    return Count(there=run.total(), wanted=sum(due.values()), miners=len(there), enough=enough)


def _runs(miner: dict[str, Any]) -> bool:
    return miner["reachable"] and miner["level"] not in {"", *IDLE}


def _wanted(state: dict[str, Any]) -> dict[str, int]:
    """By group of which something is known."""
    return {
        group["id"]: group["explained"]["wanted"] for group in state["groups"] if group["explained"]
    }
