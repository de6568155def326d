"""Two studies, played once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from controller.backtest.study.document import document
from controller.backtest.study.findings import Findings
from tests.backtest.study.made import HUBS, studied


@pytest.fixture(scope="package")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Eleven days about the winter storm, by half hours, at two hubs."""
    first = datetime(2021, 2, 11, 6, tzinfo=UTC)
    return studied(tmp_path_factory.mktemp("storm"), first, 11, 30, "--hubs", *HUBS, "--jobs=1")


@pytest.fixture(scope="package")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The last month of a year and the first of the next, by the hour, at one hub."""
    first = datetime(2021, 12, 1, 6, tzinfo=UTC)
    return studied(tmp_path_factory.mktemp("years"), first, 62, 60, "--hubs", HUBS[0], "--jobs=1")


@pytest.fixture(scope="package")
def pages(stormy: Findings, two_years: Findings) -> list[str]:
    return [document(stormy), document(two_years)]
