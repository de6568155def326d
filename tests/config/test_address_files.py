"""Groups that take their addresses from a CSV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.config.identity import config_hash
from controller.config.load import load
from controller.fleet.miners_csv import as_csv
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil

LUXOS = "{driver: luxos, addresses: [127.20.2.1-127.20.2.24]}"
FROM_FILE = "{driver: luxos, addresses_file: miners.csv}"


def test_they_are_like_any_others(spoil: Spoil, folder: Path) -> None:
    (folder / "miners.csv").write_text("rack,address\n7,127.20.2.9\n7,127.20.2.8\n")
    written = load(
        spoil(LUXOS, "{driver: luxos, addresses: [127.20.2.7], addresses_file: miners.csv}"),
        SETTINGS,
        {},
    )
    assert list(written.groups["hall-b"].miners.miners()) == [
        "127.20.2.7",
        "127.20.2.9",
        "127.20.2.8",
    ]


def test_another_file_is_another_configuration(spoil: Spoil, folder: Path) -> None:
    file, hashes = folder / "miners.csv", set()
    for address in ("127.20.2.8", "127.20.2.9"):
        file.write_text(f"address\n{address}\n")
        hashes.add(config_hash(load(spoil(LUXOS, FROM_FILE), SETTINGS, {})))
    assert len(hashes) == 2


def test_what_a_scan_writes_is_taken(spoil: Spoil, folder: Path) -> None:
    row = {"miner": "127.20.2.9", "address": "127.20.2.9", "port": 4028, "firmware": "luxos"}
    (folder / "miners.csv").write_text(as_csv([row]))
    settings = load(spoil(LUXOS, FROM_FILE), SETTINGS, {})
    assert list(settings.groups["hall-b"].miners.miners()) == ["127.20.2.9"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ip\n127.20.2.9\n", "miners.csv: line 1: no column is called address"),
        ("", "miners.csv: line 1: no column is called address"),
        ("address\n", "miners.csv: it names no address"),
        (
            "address\n127.20.2.9\n127.20.2.9\n",
            "miners.csv: line 3: 127.20.2.9 is in line 2 already",
        ),
        ("rack,address\n7,\n", "miners.csv: line 2: it has no address"),
        ("address\nhall\n", "'hall' is not an IP address"),
        (
            "address,port\n127.20.2.9,4029\n",
            "line 2: 127.20.2.9 has port 4029, its group 4028: give that miner a group of its own",
        ),
        (
            "address,firmware\n127.20.2.9,antminer\n",
            "line 2: 127.20.2.9 runs antminer, its group has the driver luxos: take the line out",
        ),
        ("address\n127.20.1.1\n", "a miner belongs to one group"),
        ("address\n\xff\n", "miners.csv: 'utf-8' codec can't decode"),
    ],
)
def test_what_is_wrong_is_named(
    folder: Path, complaints: Complaints, content: str, said: str
) -> None:
    (folder / "miners.csv").write_bytes(content.encode("latin-1"))
    assert said in "\n".join(complaints(LUXOS, FROM_FILE))


def test_a_file_that_is_not_there_is_named(complaints: Complaints) -> None:
    (problem,) = complaints(LUXOS, FROM_FILE)
    assert "groups.hall-b.miners.addresses_file" in problem
    assert "there is no file miners.csv" in problem
