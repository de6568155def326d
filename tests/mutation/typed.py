"""Mutants that the type checker refuses: `make test` begins with it, so nobody could land them.

Every mutant is a module of its own, checked beside thousands of others in one run.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from .mutants import CORE, Mutant, modules, mutated

AT_ONCE = 400
"""More would take more memory than time."""
FOUND = re.compile(r"^m(\d+)\.py:\d+: error:", re.MULTILINE)


def ill_typed(mutants: Iterable[Mutant], folder: Path, root: Path) -> Iterator[tuple[Mutant, bool]]:
    """Whether each has type errors; `unreachable` aside, because a condition that is never true is
    one of the mistakes that are tried.

    Raises:
        AssertionError: modules of the core have errors without any mutant.
    """
    folder.mkdir(parents=True, exist_ok=True)
    untouched = [ast.parse(path.read_text(encoding="utf-8")) for path in modules()]
    assert _refused(untouched, folder, root) == set(), "the types of the core are not in order"
    left = iter(mutants)
    while batch := list(islice(left, AT_ONCE)):
        refused = _refused([mutated(one) for one in batch], folder, root)
        yield from ((one, which in refused) for which, one in enumerate(batch))


def _refused(trees: Sequence[ast.Module], folder: Path, root: Path) -> set[int]:
    for old in folder.glob("m*.py"):
        old.unlink()
    names = [f"m{which}.py" for which in range(len(trees))]
    for name, tree in zip(names, trees, strict=True):
        (folder / name).write_text(ast.unparse(tree), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(root / "pyproject.toml")]
    command += ["--disable-error-code", "unreachable", "--no-error-summary", *names]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"MYPYPATH": str(CORE.parent.parent), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode > 1 or done.stderr:
        sys.exit(f"mypy ended with {done.returncode}: {done.stderr or done.stdout}")
    return {int(which) for which in FOUND.findall(done.stdout)}
