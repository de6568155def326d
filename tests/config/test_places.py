"""Each kind of mistake is named with its line, its key and its reason."""

from __future__ import annotations

import pytest

from controller.wiring import FEEDS
from tests.config.conftest import Complaints

CASES = {
    "below its least": (
        ("import_limit_kw: 190", "import_limit_kw: 0"),
        "site.yaml:5: site.import_limit_kw: must be greater than 0",
    ),
    "not a number": (
        ("import_limit_kw: 190", "import_limit_kw: many"),
        "site.yaml:5: site.import_limit_kw: must be a number",
    ),
    "not finite": (
        ("import_limit_kw: 190", "import_limit_kw: .nan"),
        "site.yaml:5: site.import_limit_kw: must be a finite number",
    ),
    "truth for a number": (
        ("minimum_off_s: 300", "minimum_off_s: true"),
        "site.yaml:19: pacing.minimum_off_s: must be a whole number",
    ),
    "a fraction": (
        ("minimum_off_s: 300", "minimum_off_s: 1.5"),
        "site.yaml:19: pacing.minimum_off_s: must be a whole number",
    ),
    "nothing": (
        ("import_limit_kw: 190", "import_limit_kw:"),
        "site.yaml:5: site.import_limit_kw: must be a number",
    ),
    "unknown key": (
        ("import_limit_kw: 190", "import_limit_kw: 190\n  colour: red"),
        "site.yaml:6: site.colour: unknown key",
    ),
    "unknown section": (
        ("state_dir: state", "state_dir: state\nfeds: {}"),
        "site.yaml:30: feds: unknown key; did you mean feeds?",
    ),
    "misspelt": (
        ("import_limit_kw: 190", "import_limt_kw: 190"),
        "site.yaml:5: site.import_limt_kw: unknown key; did you mean import_limit_kw?",
    ),
    "missing, at its parent": (
        ("  import_limit_kw: 190\n", ""),
        "site.yaml:1: site.import_limit_kw: is missing",
    ),
    "missing section, at the first line": (
        ("state_dir: state\n", ""),
        "site.yaml:1: state_dir: is missing",
    ),
    "unknown word": (
        ("[reduce_to_kw, reduce_by_kw]", "[reduce_to_kw, increase]"),
        "site.yaml:15: programs.ers.allowed[1]: must be 'reduce_to_kw', 'reduce_by_kw'",
    ),
    "unknown adapter": (
        ("adapter: price_file", "adapter: price_fil"),
        "site.yaml:21: feeds.price.adapter: must be one of "
        + ", ".join(FEEDS)
        + "; did you mean price_file?",
    ),
    "no adapter": (
        ("adapter: price_file, ", ""),
        "site.yaml:21: feeds.price.adapter: is missing: it chooses what the other keys mean",
    ),
    "no driver, though there is one only": (
        ("{driver: luxos, addresses: [127.20.2.1-127.20.2.24]}", "{addresses: [127.20.2.1]}"),
        "site.yaml:11: groups.hall-b.miners.driver: is missing: "
        "it chooses what the other keys mean",
    ),
    "unknown key of an adapter": (
        ("price_column: p", "price_colum: p"),
        "site.yaml:21: feeds.price.price_colum: unknown key; did you mean price_column?",
    ),
    "an adapter's own rule": (
        ("127.20.2.1-127.20.2.24", "127.20.2.24-127.20.2.1"),
        "site.yaml:11: groups.hall-b.miners.addresses: 127.20.2.24-127.20.2.1: "
        "the range is reversed; write 127.20.2.1-127.20.2.24",
    ),
    "a bad name": (
        ("  hall-b:", "  Hall B:"),
        "site.yaml:10: groups.Hall B: must match ^[a-z][a-z0-9_-]*$",
    ),
    "a value for a mapping": (
        ("pacing:\n  minimum_off_s: 300", "pacing: fast"),
        "site.yaml:18: pacing: must be a mapping of keys",
    ),
    "a list for a mapping": (
        ("programs:\n", "programs: []\nrest:\n"),
        "site.yaml:12: programs: must be a valid dictionary",
    ),
    "no groups": (
        ("groups:\n", "groups: {}\nrest:\n"),
        "site.yaml:6: groups: must have at least 1 item after validation, not 0",
    ),
    "twice": (
        ("  currency: USD", "  currency: USD\n  id: south"),
        "site.yaml:4: site.id: stands on line 2 already",
    ),
}


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_a_mistake_is_named(complaints: Complaints, changes: tuple[str, ...], said: str) -> None:
    found = complaints(*changes)
    assert any(line.startswith(said) for line in found), found


def test_all_mistakes_are_named_at_once(complaints: Complaints) -> None:
    found = complaints(
        *("USD", "usd"),
        *("minimum_off_s: 300", "minimum_off_s: -1"),
        *("adapter: price_file", "adapter: newspaper"),
        *("kw: 180", "kw: 500"),
        *("grid-operator: tokens/grid", "grid-operator: tokens/gone"),
    )
    places = [line.split(": ")[0] for line in found]
    assert places == ["site.yaml:3", "site.yaml:19", "site.yaml:21", "site.yaml:28"]


def test_sections_that_fit_themselves_are_compared_though_another_is_wrong(
    complaints: Complaints,
) -> None:
    found = complaints("kw: 180", "kw: 500", "minimum_off_s: 300", "minimum_off_s: -1")
    assert [line.split(": ")[1] for line in found] == [
        "programs.ers.references.contracted.kw",
        "pacing.minimum_off_s",
    ]
