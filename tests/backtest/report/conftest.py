"""Three years, made and drawn once."""

from __future__ import annotations

import pytest

from controller.backtest.report.page.document import html
from controller.backtest.report.result import Result
from tests.backtest.report.made import years


@pytest.fixture(scope="session")
def three_years() -> Result:
    return years()


@pytest.fixture(scope="session")
def page(three_years: Result) -> str:
    return html(three_years)
