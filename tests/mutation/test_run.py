"""A whole run, on one module and the tests of that module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .campaign import ROOT
from .mutants import CORE, mutants_of

CLAIMS = list(mutants_of(CORE / "limits" / "claims.py"))


def run(work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.mutation", "--work", str(work)]
    command += ["--only", "limits/claims.py", "--tests", "tests/core/test_claims.py", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def counts(said: str) -> dict[str, int]:
    rows = (line.rsplit(maxsplit=1) for line in said.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutation")


@pytest.fixture(scope="module")
def first(work: Path) -> subprocess.CompletedProcess[str]:
    """Ended before the first trial: no more than types were checked."""
    return run(work, "--minutes", "0")


def test_a_run_that_is_cut_short_says_what_is_left(first: subprocess.CompletedProcess[str]) -> None:
    found = counts(first.stdout)
    assert found.keys() == {"untried", "ill typed"}
    assert sum(found.values()) == len(CLAIMS)
    assert first.returncode == 1


def test_it_goes_on_and_tells_the_killed_from_the_survivors(
    first: subprocess.CompletedProcess[str], work: Path
) -> None:
    whole = run(work)
    found = counts(whole.stdout)
    assert found.keys() <= {"killed", "survived", "unreached", "ran away", "ill typed"}
    assert sum(found.values()) == len(CLAIMS)
    assert found["killed"] > 20
    assert found["unreached"] > 0
    assert "finding out" not in whole.stdout
    again = run(work)
    assert f"{len(CLAIMS)} mutants, 0 to try" in again.stdout
    assert counts(again.stdout) == found
