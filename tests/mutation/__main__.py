"""`make mutate`: how much of the core could be wrong without a test noticing.

Goes on where it was ended. Exits 0 when every mutant was tried, the score is reached and every
survivor is listed with a reason; 1 otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from .mutants import Mutant, modules, mutants_of
from .reach import Reach, Recorder, together
from .store import Store, fingerprint
from .survivors import Survivor, listed, written
from .trials import Outcome, Result, Trials

ROOT = Path(__file__).parents[2]
WORK = ROOT / "var" / "mutation"
TESTS = ("tests/core", "tests/scenarios", "tests/docs/test_decision.py")
READ = ("tests/core", "tests/scenarios", "tests/docs", "docs/decision.md")
NEEDED = 0.85
PLAIN = ["-o", "addopts=", *(f"-pno:{one}" for one in ("terminal", "cacheprovider", "timeout"))]
ALIVE = (Outcome.SURVIVED, Outcome.UNREACHED)


def main() -> int:
    asked = _asked()
    WORK.mkdir(parents=True, exist_ok=True)
    if asked.record is not None:
        return _record(asked.record, asked.width)
    began = time.monotonic()
    tests = fingerprint(*(ROOT / one for one in READ))
    store = Store(WORK / "results.jsonl", tests)
    mutants = [one for path in modules() for one in mutants_of(path) if asked.only in str(path)]
    due = [one for one in sorted(mutants, key=_shuffled) if store.of(one) is None]
    say(f"{len(mutants)} mutants, {len(due)} to try")
    if due:
        reach = _reach(tests, asked.width)
        _try(due, reach, store, began + 60 * asked.minutes, asked.width)
    say(f"{time.monotonic() - began:.0f} s")
    return _report({one: store.of(one) for one in mutants}, whole=not asked.only)


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("--minutes", type=float, default=58, help="ends after so many")
    parser.add_argument("--only", default="", help="modules whose path contains this")
    parser.add_argument("--width", type=int, default=os.cpu_count() or 1, help="at a time")
    parser.add_argument("--record", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _shuffled(mutant: Mutant) -> str:
    """A run that is cut short has tried a fair sample."""
    return hashlib.sha256(repr(mutant.key).encode()).hexdigest()


def _reach(tests: str, width: int) -> Reach:
    """Recorded anew for other tests or another core."""
    say("finding out which tests run which lines")
    core = fingerprint(*modules())
    paths = [WORK / f"reach-{tests}-{core}-{part}of{width}.json" for part in range(width)]
    if not all(path.exists() for path in paths):
        for old in WORK.glob("reach-*"):
            old.unlink()
        command = [sys.executable, "-m", "tests.mutation", "--width", str(width), "--record"]
        recorders = [subprocess.Popen([*command, str(part)]) for part in range(width)]
        codes = [one.wait() for one in recorders]
        if any(codes):
            sys.exit("The tests fail without any mutant: mend that first.")
        for part, path in enumerate(paths):
            (WORK / f"recorded-{part}.json").rename(path)
    return together(paths)


def _record(part: int, parts: int) -> int:
    recorder = Recorder(WORK / f"recorded-{part}.json", part, parts)
    _run(recorder)
    say(*recorder.failed)
    return 1 if recorder.failed else 0


class _FewerCases:
    """Properties as in CI, with fewer cases: only whether one fails matters, not the plainest."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        os.environ["CURTAILD_CASES"] = "0.03"
        only = [Phase.explicit, Phase.generate]
        settings.register_profile("mutation", deadline=None, database=None, phases=only)
        settings.load_profile("mutation")


def _run(plugin: object) -> None:
    status = pytest.main([*PLAIN, *TESTS], plugins=[_FewerCases(), plugin])
    if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        sys.exit(f"pytest ended with {status!r}")


def _try(due: list[Mutant], reach: Reach, store: Store, until: float, width: int) -> None:
    done: Counter[str] = Counter()

    def told(mutant: Mutant, result: Result) -> None:
        store.keep(mutant, result)
        done[result.outcome] += 1
        if done.total() % 200 == 0:
            say(f"{done.total()} of {len(due)}: {dict(done)}")

    _run(Trials(due, reach, told, until, width))


def _report(results: dict[Mutant, Result | None], *, whole: bool) -> int:
    outcomes = Counter(result.outcome if result else "untried" for result in results.values())
    for outcome, count in outcomes.most_common():
        say(f"{outcome:12} {count}")
    alive = [one for one, result in results.items() if result and result.outcome in ALIVE]
    killed = outcomes[Outcome.KILLED] + outcomes[Outcome.RAN_AWAY]
    score = killed / max(1, killed + len(alive))
    known = {one.key: one for one in listed()}
    unlisted = [Survivor.of(one) for one in alive if one.key not in known]
    (WORK / "survivors.yaml").write_text(written(unlisted), encoding="utf-8")
    stale = known.keys() - {one.key for one in alive} if whole else set()
    for key in sorted(stale):
        say("listed, and no longer a survivor:", *map(str, key))
    if unlisted:
        say(f"{len(unlisted)} survivors are not listed: {WORK / 'survivors.yaml'}")
    good = score >= NEEDED and not unlisted and not outcomes["untried"]
    say(f"mutation_score {score:.3f} of_1 {NEEDED} {'ok' if good else 'SHORT'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
