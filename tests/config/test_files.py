"""Paths start from the configuration's folder; what they name has to be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.config.load import load
from controller.config.problems import ConfigurationError
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil


def test_paths_start_from_the_folder_of_the_file(
    spoil: Spoil, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    settings = load(spoil(), SETTINGS, {})
    assert settings.http.tokens["grid-operator"] == folder / "tokens" / "grid"
    assert settings.feeds["price"].path == folder / "prices.csv"
    assert settings.state_dir == folder / "state"


def test_secrets_may_come_from_systemd(spoil: Spoil, folder: Path) -> None:
    given = folder / "credentials"
    given.mkdir()
    (folder / "tokens" / "grid").rename(given / "grid")
    path = spoil("tokens/grid", '"${CREDENTIALS_DIRECTORY}/grid"')
    settings = load(path, SETTINGS, {"CREDENTIALS_DIRECTORY": str(given)})
    assert settings.http.tokens["grid-operator"] == given / "grid"


def test_credentials_outside_systemd(complaints: Complaints) -> None:
    assert complaints("tokens/grid", '"${CREDENTIALS_DIRECTORY}/grid"') == [
        "site.yaml:28: http.tokens.grid-operator: CREDENTIALS_DIRECTORY is not set: "
        "start under systemd with LoadCredential="
    ]


def test_files_that_are_not_there(complaints: Complaints) -> None:
    found = complaints("tokens/grid", "tokens/gone", "path: prices.csv", "path: gone.csv")
    assert found == [
        "site.yaml:21: feeds.price.path: there is no file gone.csv: "
        "put it there or correct the path",
        "site.yaml:28: http.tokens.grid-operator: there is no file tokens/gone: "
        "put it there or correct the path",
    ]


def test_a_token_file_open_to_others(complaints: Complaints, folder: Path) -> None:
    (folder / "tokens" / "grid").chmod(0o644)
    assert "chmod 600" in complaints()[0]


def test_a_token_that_is_too_short(complaints: Complaints, folder: Path) -> None:
    (folder / "tokens" / "grid").write_text("short-token")
    [found] = complaints()
    assert found.startswith("site.yaml:28: http.tokens.grid-operator: ")
    assert "short-token" not in found


@pytest.mark.parametrize("text", ["", "word " * 9, "\u00e9" * 30])
def test_a_token_that_cannot_be_sent(complaints: Complaints, folder: Path, text: str) -> None:
    (folder / "tokens" / "grid").write_text(text)
    assert len(complaints()) == 1


def test_a_variable_that_names_a_missing_file(spoil: Spoil) -> None:
    with pytest.raises(ConfigurationError, match=r"^environment CURTAILD_FEEDS__PRICE__PATH: "):
        load(spoil(), SETTINGS, {"CURTAILD_FEEDS__PRICE__PATH": "gone.csv"})
