"""The configurations, the schema and the reference in the repository are true."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pytest
from openapi_schema_validator import OAS31Validator

from controller.config.document import read_document
from controller.config.load import load
from controller.config.reference import reference
from controller.config.schema import json_schema, schema_text
from controller.config.site import to_site
from controller.wiring import SETTINGS

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "configs").glob("*.yaml"))
FILES = (
    "var/demo/token-grid-operator",
    "var/farm-15000/token-grid-operator",
    "configs/secrets/grid-operator",
    "configs/secrets/control-room",
    "configs/prices.csv",
)
"""What their users provide."""


@pytest.fixture
def provided(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(16))
        path.chmod(0o600)
    return tmp_path / "configs"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_configuration_is_in_order(provided: Path, path: Path) -> None:
    settings = load(provided / path.name, SETTINGS, {})
    assert to_site(settings).groups
    assert path.read_text().startswith("# yaml-language-server: $schema=curtaild.schema.json\n")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_schema_accepts_it(path: Path) -> None:
    assert list(OAS31Validator(json_schema(SETTINGS)).iter_errors(read_document(path).data)) == []


def test_the_schema_refuses_an_unknown_key() -> None:
    data = read_document(ROOT / "configs" / "demo.yaml").data
    data["feeds"]["price"]["colour"] = "red"
    assert list(OAS31Validator(json_schema(SETTINGS)).iter_errors(data))


def test_the_schema_file_is_up_to_date() -> None:
    kept = (ROOT / "configs" / "curtaild.schema.json").read_text()
    assert kept == schema_text(SETTINGS), "curtaild check --schema > configs/curtaild.schema.json"


def test_the_reference_is_up_to_date() -> None:
    """docs/configuration.md ends with what `curtaild check --keys` prints."""
    text = (ROOT / "docs" / "configuration.md").read_text()
    assert text.endswith("## Every key\n\n" + reference(SETTINGS))


def test_every_key_is_explained() -> None:
    unexplained = {
        cells[0].strip()
        for line in reference(SETTINGS).splitlines()
        if line.startswith("| `")
        for cells in [line.strip("|").split(" | ")]
        if not cells[-1].strip()
    }
    choices = {key for key in unexplained if key.rstrip("`").endswith((".kind", ".adapter"))}
    assert unexplained == choices
