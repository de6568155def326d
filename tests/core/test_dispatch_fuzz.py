"""Whatever is sent is judged, and what is accepted keeps to its program."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.core.dispatches.acceptance import Refused, Repeated
from controller.model.base import from_plain, to_plain
from controller.model.grid import Dispatch
from tests.core.dispatches import accepted, at, by_kw, by_percent, judged, sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
NUMBERS = st.integers(0, 300) | st.floats() | st.decimals().map(str)
REFERENCES = st.sampled_from(["now", "contract", "unheard-of"])
TARGETS = (
    st.fixed_dictionaries({"kind": st.just("reduce_to_kw"), "kw": NUMBERS})
    | st.builds(by_kw, NUMBERS, REFERENCES)
    | st.builds(by_percent, NUMBERS, REFERENCES)
)
TIMES = st.integers(-300, 300).map(at)
NEAR = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["e-1", "e-2"]),
        "version": st.integers(0, 5),
        "program": st.sampled_from(["ers", "ers", "plain"]),
        "issued_at": TIMES,
        "target": TARGETS,
    },
    optional={"start": TIMES, "end": TIMES, "cancelled": st.booleans()},
)


@settings(deadline=None)
@given(body=st.dictionaries(st.text(max_size=9), JSON) | NEAR, key=st.none() | JSON)
def test_whatever_is_sent_is_judged_and_what_is_accepted_keeps_to_the_program(
    body: dict[str, Any], key: Any
) -> None:
    if key is not None:
        body = sent() | body | {"id": key}
    judgement = judged(body, accepted(sent(version=2)))
    if isinstance(judgement, Refused):
        assert judgement.problem.isprintable()
    if not isinstance(judgement, Dispatch):
        return
    assert from_plain(to_plain(judgement), Dispatch) == judgement
    assert judgement.program == "ers"
    assert judgement.limit_w >= 0
    assert judgement.id != "e-1" or judgement.version > 2
    if judgement.end is not None and not judgement.cancelled:
        assert judgement.end - judgement.start <= timedelta(hours=4)
    again = judged(body, judgement)
    assert again == Repeated(dispatch=judgement)
