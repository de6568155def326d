"""A run of pytest for each of the two things that mutation needs: who reaches what, and who kills
what."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from .mutants import Mutant, modules
from .reach import Reach, Recorder, together
from .skill import Skill
from .store import Store, fingerprint
from .trials import Outcome, Result, Trials
from .typed import ill_typed

ROOT = Path(__file__).parents[2]
TESTS = ("tests/core", "tests/scenarios", "tests/docs/test_decision.py")
READ = ("tests/core", "tests/scenarios", "tests/docs", "docs/decision.md")
"""What these tests are and read."""
PLAIN = ["-o", "addopts=", *(f"-pno:{one}" for one in ("terminal", "cacheprovider", "timeout"))]
CASES = "0.02"
EVERY = 200
"""After so many mutants the run says how far it is."""


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Campaign:
    work: Path
    """Where results and records are kept."""
    tests: Sequence[str]
    width: int
    """Processes at a time."""

    def store(self) -> Store:
        return Store(self.work / "results.jsonl", self._fingerprint())

    def try_all(self, due: list[Mutant], store: Store, until: float) -> None:
        """Types first, for they cost least."""
        say("types")
        well_typed = []
        for mutant, refused in ill_typed(due, self.work / "typed", ROOT):
            if refused:
                store.keep(mutant, Result(Outcome.ILL_TYPED))
            else:
                well_typed.append(mutant)
        say(f"{len(due) - len(well_typed)} of {len(due)} are ill typed")
        self._try(well_typed, store, until)

    def _try(self, due: list[Mutant], store: Store, until: float) -> None:
        done: Counter[str] = Counter()

        def told(mutant: Mutant, result: Result) -> None:
            store.keep(mutant, result)
            done[result.outcome] += 1
            if done.total() % EVERY == 0:
                say(f"{done.total()} of {len(due)}: {dict(done)}")

        reach = self._reach()
        skill = Skill(self.work / "skill.json")
        self._run(Trials(due, reach, skill, told, until, self.width))
        skill.save()

    def record(self, part: int) -> int:
        """A part of what the tests reach, in a process of its own: 1 where one of them fails."""
        recorder = Recorder(self._part(part), part, self.width)
        self._run(recorder)
        say(*recorder.failed)
        return 1 if recorder.failed else 0

    def _reach(self) -> Reach:
        """Recorded anew for other tests or another core."""
        name = f"reach-{self._fingerprint()}-{fingerprint(modules())}-{self.width}"
        whole = self.work / name
        if not whole.exists():
            say("finding out which tests run which lines")
            self._record_all()
            for old in self.work.glob("reach-*"):
                old.unlink()
            whole.touch()
        return together(self._part(part) for part in range(self.width))

    def _record_all(self) -> None:
        command = [sys.executable, "-m", "tests.mutation", "--work", str(self.work)]
        command += ["--width", str(self.width), "--tests", *self.tests, "--record"]
        recorders = [subprocess.Popen([*command, str(part)]) for part in range(self.width)]
        codes = [one.wait() for one in recorders]
        if any(codes):
            sys.exit("The tests fail without any mutant: mend that first.")

    def _part(self, part: int) -> Path:
        return self.work / f"recorded-{part}.json"

    def _run(self, plugin: object) -> None:
        status = pytest.main([*PLAIN, *self.tests], plugins=[_FewerCases(), plugin])
        if status not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            sys.exit(f"pytest ended with {status!r}")

    def _fingerprint(self) -> str:
        return fingerprint([*(ROOT / one for one in READ), *map(Path, self.tests)])


class _FewerCases:
    """Properties as in CI, with fewer cases: only whether one fails matters, not the plainest."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        os.environ["CURTAILD_CASES"] = CASES
        only: Iterable[Phase] = [Phase.explicit, Phase.generate]
        settings.register_profile("mutation", deadline=None, database=None, phases=only)
        settings.load_profile("mutation")
