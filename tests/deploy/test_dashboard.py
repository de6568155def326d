"""The Grafana dashboard: a real Prometheus answers every query in it with something."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.deploy.metrics import named_in, shown
from tests.e2e.configuration import DEAR
from tests.e2e.processes import ROOT
from tests.e2e.prometheus import Prometheus
from tests.e2e.site import Site
from tests.e2e.waiting import until

DASHBOARD = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())
QUERIES = [
    (panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]
]


@pytest.fixture
def scraped(site: Site) -> Prometheus:
    """A site that is curtailed, with a reserve sold, scraped every second."""
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed")
    site.plain["programs"]["ers"]["reserve_kw"] = 10
    site.prices = [(minute, DEAR) for minute in range(0, 6000, 15)]
    site.farm()
    site.daemon()
    prometheus = Prometheus(site)
    prometheus.start()
    until(lambda: site.true_kw() < 20, "all to stop but what the reserve keeps")
    until(lambda: prometheus.count("curtaild_curtailed_watts") > 0, "it is scraped")
    return prometheus


def as_grafana_asks(expression: str) -> str:
    return expression.replace("$instance", ".*").replace("$__rate_interval", "30s")


def test_every_query_is_answered(scraped: Prometheus) -> None:
    until(lambda: scraped.count("rate(curtaild_cycles_total[30s])") > 0, "two scrapes")
    unanswered = [title for title, query in QUERIES if scraped.count(as_grafana_asks(query)) == 0]
    assert unanswered == []


def test_panels_stand_beside_each_other_and_not_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_queries_are_about_metrics_that_there_are() -> None:
    there = shown()
    for title, query in QUERIES:
        assert named_in(query) <= there, title
