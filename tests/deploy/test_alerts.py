"""The alert rules: each is tested, explained, and about metrics that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.metrics import named_in, shown
from tests.e2e.processes import ROOT

DEPLOY = ROOT / "deploy"
CASES = Path(__file__).parent / "alerts_test.yml"
PROMTOOL = shutil.which("promtool")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def promtool(*args: str | Path) -> None:
    if PROMTOOL is None:
        pytest.skip("promtool is not installed")
    done = subprocess.run([PROMTOOL, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_configuration_and_the_rules() -> None:
    promtool("check", "config", DEPLOY / "prometheus.yml")


def test_each_alert_is_silent_first_and_fires_then() -> None:
    promtool("test", "rules", CASES)


def test_no_alert_is_left_untested() -> None:
    tested = re.findall(r'alertname="(\w+)"', CASES.read_text())
    for rule in rules():
        assert tested.count(rule["alert"]) == 2, rule["alert"]


def test_alerts_are_about_metrics_that_there_are() -> None:
    there = shown()
    for rule in rules():
        assert named_in(rule["expr"]) <= there, rule["alert"]


def test_the_operator_is_told_what_each_means_and_what_to_do() -> None:
    text = (ROOT / "docs" / "operating.md").read_text()
    described = re.findall(r"^\| `(Curtaild\w+)` \|", text, re.MULTILINE)
    assert described == [rule["alert"] for rule in rules()]
