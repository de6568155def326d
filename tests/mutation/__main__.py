"""`make mutate`: how much of the core could be wrong without a test noticing.

Goes on where it was ended. Exits 0 when every mutant was tried, the score is reached and every
survivor is listed with a reason; 1 otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections import Counter
from pathlib import Path

from .campaign import ROOT, TESTS, Campaign, say
from .mutants import Mutant, modules, mutants_of
from .survivors import Survivor, listed, written
from .trials import Outcome, Result

NEEDED = 0.85
ALIVE = (Outcome.SURVIVED, Outcome.UNREACHED, Outcome.LISTED)
DEAD = (Outcome.KILLED, Outcome.RAN_AWAY, Outcome.ILL_TYPED)
SPARED = Result(Outcome.LISTED)


def main() -> int:
    asked = _asked()
    asked.work.mkdir(parents=True, exist_ok=True)
    campaign = Campaign(asked.work, asked.tests, asked.width)
    if asked.record is not None:
        return campaign.record(asked.record)
    began = time.monotonic()
    store = campaign.store()
    mutants = [one for path in modules() for one in mutants_of(path) if asked.only in str(path)]
    if asked.these is not None:
        rows = {one.key for one in listed(asked.these)}
        mutants = [one for one in mutants if one.key in rows]
    spared = set() if asked.listed else {one.key for one in listed()}
    due = [one for one in sorted(mutants, key=_shuffled) if store.of(one) is None]
    due = [one for one in due if one.key not in spared]
    say(f"{len(mutants)} mutants, {len(due)} to try")
    if due:
        campaign.try_all(due, store, began + 60 * asked.minutes)
    say(f"{time.monotonic() - began:.0f} s")
    known = {one: SPARED if one.key in spared else store.of(one) for one in mutants}
    return _report(known, asked.work, whole=asked.listed and not (asked.only or asked.these))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("--minutes", type=float, default=58, help="ends after so many")
    parser.add_argument("--only", default="", help="modules whose path contains this")
    parser.add_argument("--width", type=int, default=os.cpu_count() or 1, help="at a time")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="by which tests")
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "mutation", help="kept here")
    parser.add_argument("--these", type=Path, help="only the mutants that are rows of this file")
    parser.add_argument("--listed", action="store_true", help="those that are listed as well")
    parser.add_argument("--record", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _shuffled(mutant: Mutant) -> str:
    """A run that is cut short has tried a fair sample."""
    return hashlib.sha256(repr(mutant.key).encode()).hexdigest()


def _report(results: dict[Mutant, Result | None], work: Path, *, whole: bool) -> int:
    outcomes = Counter(result.outcome if result else "untried" for result in results.values())
    for outcome, count in outcomes.most_common():
        say(f"{outcome:18} {count}")
    alive = [one for one, result in results.items() if result and result.outcome in ALIVE]
    unlisted = _unlisted(alive, work, whole=whole)
    killed = sum(outcomes[one] for one in DEAD)
    score = killed / max(1, killed + len(alive))
    good = score >= NEEDED and not unlisted and not outcomes["untried"]
    say(f"mutation_score {score:.3f} of_1 {NEEDED} {'ok' if good else 'SHORT'}")
    return 0 if good else 1


def _unlisted(alive: list[Mutant], work: Path, *, whole: bool) -> list[Survivor]:
    """The survivors that nobody has given a reason for, written down to be given one."""
    known = {one.key for one in listed()}
    unlisted = [Survivor.of(one) for one in alive if one.key not in known]
    rows = work / "survivors.yaml"
    rows.write_text(written(unlisted), encoding="utf-8")
    if unlisted:
        say(f"{len(unlisted)} survivors are not listed: {rows}")
    for key in sorted(known - {one.key for one in alive} if whole else ()):
        say("listed, and no longer a survivor:", *map(str, key))
    return unlisted


if __name__ == "__main__":
    sys.exit(main())
