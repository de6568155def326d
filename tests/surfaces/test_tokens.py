"""Secrets come from files that only their owner can read; anything else is named and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.surfaces.settings import HttpSettings
from controller.surfaces.tokens import load_tokens

GOOD = "a-secret-of-some-length"


def load(path: Path, text: str | bytes = GOOD, mode: int = 0o600) -> str | None:
    """The authority that `GOOD` belongs to, after `text` was put at `path`."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return load_tokens(HttpSettings(tokens={"utility": path})).whose(GOOD)


def test_the_secret_says_whose_it_is(tmp_path: Path) -> None:
    assert load(tmp_path / "t", GOOD + "\n") == "utility"


def test_another_secret_is_nobodys(tmp_path: Path) -> None:
    assert load(tmp_path / "t", GOOD + "-and-more") is None


@pytest.mark.parametrize(
    ("text", "mode", "problem"),
    [
        ("", 0o600, "is empty"),
        ("   \n", 0o600, "is empty"),
        ("short", 0o600, "fewer than 16"),
        ("two words and some more", 0o600, "without spaces"),
        ("gehört-zu-den-langen-wörtern", 0o600, "printable ASCII"),
        (b"\x00\x01\x02 binary that is long enough", 0o600, "printable ASCII"),
        (GOOD, 0o644, "chmod 600"),
        (GOOD, 0o604, "chmod 600"),
        (GOOD, 0o620, "chmod 600"),
    ],
)
def test_a_bad_file_is_named_with_its_key(
    tmp_path: Path, text: str | bytes, mode: int, problem: str
) -> None:
    path = tmp_path / "utility.token"
    with pytest.raises(PermanentError, match=problem) as refused:
        load(path, text, mode)
    assert str(refused.value).startswith(f"http.tokens.utility: {path}")
    assert GOOD not in str(refused.value)


def test_a_missing_file_is_named_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match=r"http\.tokens\.utility: .*gone.* cannot be read"):
        load_tokens(HttpSettings(tokens={"utility": tmp_path / "gone"}))


def test_two_authorities_cannot_share_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text(GOOD)
    path.chmod(0o600)
    with pytest.raises(PermanentError, match="give each its own"):
        load_tokens(HttpSettings(tokens={"utility": path, "aggregator": path}))


def test_an_operator_needs_a_token() -> None:
    with pytest.raises(ValueError, match="operators: 'nobody' has no entry in tokens"):
        HttpSettings(operators=("nobody",))


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="prot"):
        HttpSettings.model_validate({"prot": 8470})
