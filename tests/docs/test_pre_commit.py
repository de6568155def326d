"""The hooks need no download and run what `make check` runs."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import yaml

from tests.docs.pages import ROOT

FILE = ROOT / ".pre-commit-config.yaml"


def hooks() -> list[dict[str, Any]]:
    repositories = yaml.safe_load(FILE.read_text(encoding="utf-8"))["repos"]
    assert [each["repo"] for each in repositories] == ["local"]
    return [hook for each in repositories for hook in each["hooks"]]


def test_pre_commit_understands_it() -> None:
    call = [sys.executable, "-m", "pre_commit", "validate-config", str(FILE)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_hook_is_a_check_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    check = set(re.findall(r"^\t\$\(BIN\)/([\w-]+)", makefile, flags=re.MULTILINE))
    programs = [hook["entry"].removeprefix(".venv/bin/").split()[0] for hook in hooks()]
    assert set(programs) == {"ruff", "mypy", "lint-imports"}
    assert set(programs) <= check
    assert {hook["language"] for hook in hooks()} == {"system"}
