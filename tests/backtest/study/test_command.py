"""`python -m controller.backtest.study` from files to a page, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.backtest.study.__main__ import main
from tests.backtest.study.made import HUBS, files

FIRST = datetime(2022, 3, 1, 6, tzinfo=UTC)


def test_the_page_is_the_same_by_one_process_or_two(tmp_path: Path) -> None:
    own = files(tmp_path, FIRST, 2, 60)
    texts = []
    for jobs in ("1", "2"):
        out = tmp_path / "page.md"
        assert main([*own, "--hubs", HUBS[1], "--out", str(out), "--jobs", jobs]) == 0
        texts.append(out.read_text(encoding="utf-8").replace(f"--jobs {jobs}", ""))
    assert texts[0] == texts[1]


def test_a_hub_that_is_not_in_the_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = files(tmp_path, FIRST, 2, 60)
    assert main([*own, "--hubs", "HB_GONE", "--out", str(tmp_path / "page.md")]) == 1
    assert "HB_GONE" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()


def test_a_folder_that_is_not_there_is_told_of_before_anything_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = files(tmp_path, FIRST, 2, 60)
    assert main([*own, "--out", str(tmp_path / "gone" / "page.md")]) == 1
    assert "gone" in capsys.readouterr().err
