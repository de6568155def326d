"""The revenue meter beside our own, in kWh."""

from __future__ import annotations

from controller.model.records import RevenueImported
from controller.model.revenue_meter import Comparison, RevenueAnswer
from controller.surfaces import api_revenue as api
from controller.surfaces.present.running import kwh


def difference(one: Comparison) -> api.ComparisonShown:
    return api.ComparisonShown(
        start=one.start,
        end=one.end,
        spans=one.spans,
        live_kwh=kwh(one.live_wh),
        billed_kwh=kwh(one.billed_wh),
        difference_kwh=kwh(one.difference_wh),
        difference_percent=None if one.ratio is None else float(one.ratio * 100),
        apart=one.apart,
        missing_live=one.missing_live,
        missing_billed=one.missing_billed,
        worst_at=one.worst_at,
        worst_kwh=kwh(one.worst_wh),
    )


def now(one: RevenueImported) -> api.RevenueMeterNow:
    return api.RevenueMeterNow(
        at=one.at, person=one.person, file=one.file, difference=difference(one.difference)
    )


def taken(one: RevenueAnswer) -> api.RevenueFileTaken:
    return api.RevenueFileTaken(
        sha256=one.sha256,
        recorded=one.recorded,
        start=one.start,
        end=one.end,
        read=one.read,
        gaps=one.gaps,
        blank=one.blank,
        others=one.others,
        new=one.new,
        revised=one.revised,
        older=one.older,
        restated=one.restated,
        doubts=list(one.doubts),
        difference=difference(one.difference),
    )
