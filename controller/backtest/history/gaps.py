"""Missing intervals: where they are, and what becomes of them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from controller.backtest.history.layout import GapPolicy, Layout
from controller.backtest.history.place import HistoryError, Source, length, shown
from controller.backtest.history.runs import Part

_NAMED = 10
"""So many gaps of a file are named in the report; the rest is counted."""
_HOW: dict[GapPolicy, str] = {
    "hold": "by holding the value before",
    "interpolate": "by a straight line between the values beside them",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing intervals in a row."""

    source: Source
    row: int
    """The row after them; of equal gaps one after the other, that after the first."""
    index: int
    """The value after them, among those that are there."""
    first_s: int
    """The time at which the first of them would be stamped."""
    missing: int


def gaps_of(part: Part, index: int, step_s: int) -> Iterator[Gap]:
    """The gaps of a file whose first value is number `index`."""
    before_s, index = part.first_s, index + 1
    for run in part.runs:
        missing = run.step_s // step_s - 1
        if missing:
            for number in range(run.count):
                first_s = before_s + run.step_s * number + step_s
                yield Gap(part.source, run.row, index + number, first_s, missing)
        before_s += run.step_s * run.count
        index += run.count


def check_gap(gap: Gap, layout: Layout, step_s: int) -> None:
    """Whether a gap may be filled.

    Raises:
        HistoryError: the policy is to refuse it, or it is too long.
    """
    missing_s = gap.missing * step_s
    minutes = length(missing_s)
    if layout.gaps == "refuse":
        raise _refused(gap, minutes, "bring the rows, or set gaps to hold or interpolate")
    if missing_s > layout.longest_gap_minutes * 60:
        longest = f"bring the rows, or raise longest_gap_minutes ({layout.longest_gap_minutes})"
        raise _refused(gap, minutes, longest)


def filled(values: array[float], gaps: Sequence[Gap], policy: GapPolicy) -> array[float]:
    """The values with those of the gaps between them."""
    if not gaps:
        return values
    whole, done = array("d"), 0
    for gap in gaps:
        whole.extend(values[done : gap.index])
        whole.extend(_between(values[gap.index - 1], values[gap.index], gap.missing, policy))
        done = gap.index
    whole.extend(values[done:])
    return whole


def gap_sentences(
    gaps: Sequence[Gap], policy: GapPolicy, step_s: int, shift_s: int
) -> tuple[str, ...]:
    """What the report says about them, a sentence for each file. Their intervals start `shift_s`
    before their stamps.
    """
    by_source: defaultdict[Source, list[Gap]] = defaultdict(list)
    for gap in gaps:
        by_source[gap.source].append(gap)
    return tuple(_sentence(some, policy, step_s, shift_s) for some in by_source.values())


def _sentence(gaps: Sequence[Gap], policy: GapPolicy, step_s: int, shift_s: int) -> str:
    minutes = length(sum(gap.missing for gap in gaps) * step_s)
    count, verb = ("1 gap", "was") if len(gaps) == 1 else (f"{len(gaps)} gaps", "were")
    named = ", ".join(
        f"{shown(gap.first_s - shift_s)} ({length(gap.missing * step_s)})" for gap in gaps[:_NAMED]
    )
    more = f" and {len(gaps) - _NAMED} more" if len(gaps) > _NAMED else ""
    name = gaps[0].source.path.name
    return f"{count} ({minutes} in all) in {name} {verb} filled {_HOW[policy]}: {named}{more}."


def _between(before: float, after: float, missing: int, policy: GapPolicy) -> Iterator[float]:
    if policy == "hold":
        return repeat(before, missing)
    parts = (number / (missing + 1) for number in range(1, missing + 1))
    return (round(before * (1 - part) + after * part, 6) for part in parts)


def _refused(gap: Gap, minutes: str, what_to_do: str) -> HistoryError:
    many = "1 interval is" if gap.missing == 1 else f"{gap.missing} intervals are"
    why = f"{many} missing before it ({minutes} from {shown(gap.first_s)} on); {what_to_do}"
    return gap.source.row_error(gap.row, why)
