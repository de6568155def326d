"""How the file is read: YAML 1.2 words, no key twice, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.config.document import read_document
from controller.config.problems import ConfigurationError


def document(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    read = read_document(path)
    assert not read.problems
    return read.data


def refused(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigurationError) as caught:
        read_document(path)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_words_that_yaml_1_1_would_take_for_something_else(tmp_path: Path) -> None:
    read = document(tmp_path, "off: no\nat: 22:00\noctal: 010\nfloat: 1e3\ntruth: true\nnone:\n")
    assert read == {
        "off": "no",
        "at": "22:00",
        "octal": 10,
        "float": 1000.0,
        "truth": True,
        "none": None,
    }


def test_an_alias_and_a_merge_are_read(tmp_path: Path) -> None:
    text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\n"
    assert document(tmp_path, text) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 2},
        "c": {"x": 1, "y": 3},
    }


def test_an_alias_of_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a\n  b: *a\n")
    reasons = [problem.reason for problem in read_document(path).problems]
    assert reasons == ["an alias may not contain itself"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2\nb: 3\n", "a.yaml:2: not YAML: "),
        ("a: 1\n\tb: 2\n", "a.yaml:2: not YAML: "),
        ("a: !!python/object:os.system x\n", "a.yaml:1: not YAML: could not determine"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: not YAML: but found another document"),
        ("- a\n", "a.yaml: must be a mapping of keys"),
        ("", "a.yaml: must be a mapping of keys"),
        (b"a: \xff\xfe\n", "a.yaml: cannot be read: "),
        ("a: \x01\n", "a.yaml: not YAML: "),
    ],
)
def test_what_is_no_configuration_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert refused(tmp_path, text).startswith(said)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        read_document(tmp_path / "gone.yaml")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_document(tmp_path)
