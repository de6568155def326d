"""Sections have to fit each other."""

from __future__ import annotations

import pytest

from tests.config.conftest import Complaints

METER = "  meter: {adapter: meter_modbus, scope: site, host: 127.20.0.2}\n"
CASES = {
    "unknown scope": (
        ("scope: site", "scope: hall-c"),
        "site.yaml:23: feeds.meter.scope: must be site, a breaker, a group or a neighbour: "
        "site, hall-a, hall-b; "
        "did you mean hall-b?",
    ),
    "two meters of one place": (
        (METER, METER + METER.replace("meter:", "spare:")),
        "site.yaml:24: feeds.spare.scope: feed meter stands for the meter of site already",
    ),
    "a feed with the name of our own adapter": (
        ("  meter: {", "  mqtt: {"),
        "site.yaml:23: feeds.mqtt: mqtt is the name of an adapter of the daemon's own: take "
        "another",
    ),
    "unknown zone": (
        ("America/Chicago", "America/Chikago"),
        "site.yaml:4: site.zone: 'America/Chikago' is not a time zone; write it like Europe/Oslo",
    ),
    "a miner in two groups": (
        ("127.20.2.1-127.20.2.24", "127.20.1.40-127.20.1.50"),
        "site.yaml:11: groups.hall-b.miners.addresses: 127.20.1.40 in group hall-a already: "
        "a miner belongs to one group",
    ),
    "several miners in two groups": (
        ("127.20.2.1-127.20.2.24", "127.20.1.1-127.20.1.50"),
        "site.yaml:11: groups.hall-b.miners.addresses: 127.20.1.1 and 39 more in group hall-a "
        "already: a miner belongs to one group",
    ),
    "an authority without a token": (
        ("authority: grid-operator", "authority: utility"),
        "site.yaml:14: programs.ers.authority: has no way in: name its token under "
        "http.tokens.utility, or name utility under mqtt.authorities or as authority of "
        "http.webhooks",
    ),
    "contracted above the import limit": (
        ("kw: 180", "kw: 191"),
        "site.yaml:17: programs.ers.references.contracted.kw: "
        "must not be above site.import_limit_kw",
    ),
    "nothing to reduce from": (
        ("    references:\n      contracted: {kind: contracted, kw: 180}\n", ""),
        "site.yaml:13: programs.ers.references: is missing: reduce_by_kw needs a reference to "
        "measure from",
    ),
    "too much headroom": (
        ("import_limit_kw: 190", "import_limit_kw: 190\n  headroom_percent: 26"),
        "site.yaml:6: site.headroom_percent: must be less than or equal to 25",
    ),
    "a floor above its limit": (
        ("limit_kw: 120", "limit_kw: 120\n    floor_kw: 121\n    floor_source: heat"),
        "site.yaml:9: groups.hall-a.floor_kw: must not be above the group's own limit_kw",
    ),
    "floors above the import limit": (
        ("    miners: {driver: luxos, addresses: [127.20.2.1",
         "    floor_kw: 191\n    floor_source: heat\n"
         "    miners: {driver: luxos, addresses: [127.20.2.1"),
        "site.yaml:6: groups: the floors together are above site.import_limit_kw: promise less",
    ),
    "a floor promised to nobody": (
        ("limit_kw: 120", "limit_kw: 120\n    floor_kw: 1"),
        "site.yaml:7: groups.hall-a.floor_source: is missing: say to whom floor_kw is promised",
    ),
    "half a failsafe": (
        ("import_limit_kw: 190", "import_limit_kw: 190\n  safe_kw: 20"),
        "site.yaml:1: site.meter_silent_after_s: is missing: safe_kw and meter_silent_after_s "
        "go together",
    ),
    "safe above the import limit": (
        ("import_limit_kw: 190",
         "import_limit_kw: 190\n  safe_kw: 200\n  meter_silent_after_s: 60"),
        "site.yaml:6: site.safe_kw: must not be above import_limit_kw",
    ),
    "silence of a meter that is not there": (
        ("import_limit_kw: 190", "import_limit_kw: 190\n  safe_kw: 20\n  meter_silent_after_s: 60",
         "scope: site", "scope: hall-a"),
        "site.yaml:6: site.safe_kw: no feed has scope: site, so its silence cannot be told",
    ),
    "an interval that does not divide the hour": (
        ("state_dir: state", "state_dir: state\ninterval_minutes: 7"),
        "site.yaml:30: interval_minutes: must divide the hour: 5, 10, 15, 30 or 60",
    ),
    "a group called site": (
        ("  hall-b:", "  site:"),
        "site.yaml:10: groups.site: a group may not be called site: "
        "that is the scope of the whole site",
    ),
    "two authorities": (
        ("  tokens:\n", "  tokens:\n    utility: tokens/grid\n"),
        "site.yaml:27: http.tokens: grid-operator:",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(
    complaints: Complaints, changes: tuple[str, ...], said: str
) -> None:
    found = complaints(*changes)
    assert len(found) == 1, found
    assert found[0].startswith(said), found
