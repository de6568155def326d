"""The places that a limit can be about: the site, its breakers, its groups; each lies within the
one before."""

from __future__ import annotations

from controller.model.grid import SITE
from controller.model.site import Site


def scopes_of(site: Site, group: str) -> tuple[str, ...]:
    """Those that a group lies in, the widest first, itself included."""
    declared = site.groups.get(group)
    if declared is None or not declared.breaker:
        return (SITE, group)
    return (SITE, declared.breaker, group)


def all_scopes(site: Site) -> tuple[str, ...]:
    """The site, its breakers, its groups."""
    return (SITE, *site.breakers, *site.groups)
