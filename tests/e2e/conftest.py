from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.site import Site

NewSite = Callable[..., Site]


@contextmanager
def sites_in(folder: Path) -> Iterator[NewSite]:
    """Makes sites, each in a folder of its own; all their processes end with the block."""
    sites: list[Site] = []

    def make(**how: Any) -> Site:
        own = folder / f"site-{len(sites)}"
        own.mkdir()
        sites.append(Site(own, **how))
        return sites[-1]

    try:
        yield make
    finally:
        for site in sites:
            site.processes.end()
            sys.stderr.write(site.processes.logs())


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[NewSite]:
    with sites_in(tmp_path) as make:
        yield make


@pytest.fixture
def site(new_site: NewSite) -> Site:
    """Twenty miners in two groups on cheap power, a site minute in a second."""
    return new_site()
