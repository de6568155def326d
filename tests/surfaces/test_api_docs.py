"""docs/api.md says what there is: endpoints, refusal codes, metrics."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from controller.model.plan import Rehearsal
from controller.model.quality import Disagreement, Fresh
from controller.model.remembered import CanaryStage
from controller.model.view import Response
from controller.surfaces.endpoints import ENDPOINTS
from controller.surfaces.problems import STATUS_OF_CODE
from tests.surfaces.exposition import text_of
from tests.surfaces.views import NOW, a_view, plan_now, seen_now

API = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without backquotes."""
    rest = API.partition(f"## {heading}\n")[2]
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in rows[2:]
    ]


def test_every_endpoint_is_listed() -> None:
    listed = {(method, path) for method, path, *_ in table("Endpoints")}
    assert listed == {(one.method, one.path) for one in ENDPOINTS} | {("GET", "/")}


def test_every_refusal_is_listed_with_its_status() -> None:
    listed = {code: int(status) for code, status, *_ in table("Refusals of a dispatch")}
    door = {"unauthenticated": 401, "not_found": 404, "too_slow": 408, "too_large": 413}
    assert listed == {**STATUS_OF_CODE, **door}


def test_the_table_of_metrics_is_what_is_served() -> None:
    hashprice = Fresh(value=Decimal(61), at=NOW)
    waits = {"luxos 1": Rehearsal(stage=CanaryStage.GOING, miner="a-01", waiting=9)}
    plan = plan_now(rehearsals=waits)
    apart = Disagreement(
        about="price", acted_upon="a", other="b", value=Decimal(1), other_value=Decimal(9)
    )
    seen = seen_now(hashprice_per_ph_day=hashprice)
    view = a_view(seen=seen, plan=plan, disagreements=(apart,), responses={"hz": Response(times=1)})
    served = []
    for family in text_string_to_metric_families(text_of(view)):
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = ", ".join(family.samples[0].labels)
        served.append([name, family.type, labels, family.documentation])
    assert table("Metrics") == served
