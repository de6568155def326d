from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.site import Site

NewSite = Callable[..., Site]


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[NewSite]:
    """Makes sites, each in a folder of its own; all their processes end with the test."""
    sites: list[Site] = []

    def make(**how: Any) -> Site:
        folder = tmp_path / f"site-{len(sites)}"
        folder.mkdir()
        sites.append(Site(folder, **how))
        return sites[-1]

    yield make
    for site in sites:
        site.processes.end()
        sys.stderr.write(site.processes.logs())


@pytest.fixture
def site(new_site: NewSite) -> Site:
    """Twenty miners in two groups on cheap power, a site minute in a second."""
    return new_site()
