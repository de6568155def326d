"""The files a configuration names, and which of them hold secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from controller.config.compose import Settings
from controller.config.paths import CREDENTIALS, paths_in
from controller.config.problems import Key
from controller.errors import PermanentError
from controller.links.secret_file import read_secret
from controller.surfaces.settings import HttpSettings
from controller.surfaces.tokens import load_tokens

_HOLDERS = ("token_file", "password_file", "secret_file", "key_file", "basic_file")
_FOLDERS = {("state_dir",)}
"""Paths that are written to; every other path is a file that has to be there."""


def secrets(settings: Settings) -> frozenset[str]:
    """What the secret files hold, so that the logs can mask it. Files that cannot be read are
    passed over: whoever needs one says so."""
    found = set()
    for key, path in paths_in(settings):
        if _is_secret(key) and os.access(path, os.R_OK):
            found.add(path.read_text(encoding="utf-8", errors="replace").strip())
    return frozenset(found - {""})


def missing_files(settings: Settings) -> Iterator[tuple[Key, str]]:
    """Key and reason of every file, tokens apart, that is named and cannot be used."""
    for key, path in paths_in(settings):
        problem = _unreadable(path) or (_unfit(path) if _is_one_line(key) else "")
        if problem and key not in _FOLDERS and not _is_token(key):
            yield key, problem


def unusable_tokens(settings: Settings) -> Iterator[tuple[Key, str]]:
    """Judged by the code that will read them: one at a time, so that each is named, and then
    together."""
    sound = {}
    for name, path in settings.http.tokens.items():
        problem = _unreadable(path) or _unusable(settings.http, {name: path})
        if problem:
            yield ("http", "tokens", name), problem
        else:
            sound[name] = path
    if problem := _unusable(settings.http, sound):
        yield ("http", "tokens"), problem


def _unusable(http: HttpSettings, tokens: dict[str, Path]) -> str:
    try:
        load_tokens(http.model_copy(update={"tokens": tokens}), key="")
    except PermanentError as error:
        return str(error).removeprefix(".")
    return ""


def _is_token(key: Key) -> bool:
    return key[:2] == ("http", "tokens")


def _is_secret(key: Key) -> bool:
    return _is_token(key) or _is_header(key) or str(key[-1]).endswith(_HOLDERS)


def _is_header(key: Key) -> bool:
    return key[:1] == ("feeds",) and "header_files" in key


def _is_one_line(key: Key) -> bool:
    return _is_header(key) or key == ("mqtt", "broker", "password_file")


def _unfit(path: Path) -> str:
    """Why the file's secret cannot be sent, judged by the code that will read it."""
    try:
        read_secret(path)
    except ValueError as error:
        return str(error)
    return ""


def _unreadable(path: Path) -> str:
    if "${" + CREDENTIALS + "}" in str(path):
        return f"{CREDENTIALS} is not set: start under systemd with LoadCredential="
    if not path.is_file():
        return f"there is no file {path}: put it there or correct the path"
    return "" if os.access(path, os.R_OK) else f"{path} cannot be read: correct its permissions"
