"""How far power could be moved, what informs of it, and what stands in its way."""

from __future__ import annotations

from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot
from controller.model.view import Response, View
from controller.surfaces import api_ability as api
from controller.surfaces.api_parts import Quality, Reading
from controller.surfaces.present.parts import kw, reading


def deliverable(plan: Plan) -> list[api.DeliverableNow]:
    return [
        api.DeliverableNow(
            within_s=one.within_s,
            shed_kw=kw(one.shed_w),
            add_kw=kw(one.add_w),
            shed_confidence=float(one.shed_confidence),
            add_confidence=float(one.add_confidence),
        )
        for one in plan.deliverable
    ]


def too_much_asked(plan: Plan) -> list[api.DemandNow]:
    return [
        api.DemandNow(
            program=name,
            asked_kw=kw(one.asked_w),
            within_s=one.within_s,
            measured_kw=kw(one.measured_w),
        )
        for name, one in sorted(plan.too_much_asked.items())
    ]


def signals(view: View) -> list[api.SignalNow]:
    seen = view.seen
    return [
        _signal(name, reading(one, seen.now, float), view.responses.get(name))
        for name, one in sorted(seen.signals.items())
    ]


def _signal(name: str, said: Reading, response: Response | None) -> api.SignalNow:
    if response is None:
        return api.SignalNow(name=name, reading=said)
    return api.SignalNow(
        name=name,
        reading=said,
        response_s=response.last_s,
        worst_response_s=response.worst_s,
    )


def conditions(seen: Snapshot) -> list[api.ConditionNow]:
    found = []
    for name, one in sorted(seen.conditions.items()):
        if isinstance(one, Missing):
            quality = Quality.MISSING
            found.append(api.ConditionNow(name=name, quality=quality, says=one.why, at=None))
        else:
            quality = Quality.FRESH if isinstance(one, Fresh) else Quality.STALE
            found.append(api.ConditionNow(name=name, quality=quality, says=one.value, at=one.at))
    return found


def contested(plan: Plan) -> list[api.ContestedNow]:
    return [
        api.ContestedNow(miner=name, until=until) for name, until in sorted(plan.contested.items())
    ]
