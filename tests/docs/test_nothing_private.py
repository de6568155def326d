"""No file of the project names a package registry's host or a path of somebody's machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import ROOT

# Written in pieces, so that this file passes too.
HOSTS = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "yarn" + "pkg.com",
    "crates" + ".io",
    "proxy." + "golang.org",
    "docker" + ".io",
    "gh" + "cr.io",
    "rubygems" + ".org",
)
WHERE_PEOPLE_WORK = ("root", "home", "Users", "tmp", "work", "workspace", "mnt")
HOST = "|".join(map(re.escape, HOSTS))
FOLDER = rf"(?<![\w.*/~}}-])/(?:{'|'.join(WHERE_PEOPLE_WORK)})/\w+"
PRIVATE = re.compile(f"{HOST}|{FOLDER}")

NOT_OURS = {".git", ".venv", ".cache", ".hypothesis", "var", "build", "dist", "__pycache__"}


def kept(folder: Path) -> Iterator[Path]:
    """The files that belong to the project: no caches, no state."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.endswith((".egg-info", "_cache", ".pyc")):
            continue
        if path.is_dir():
            yield from kept(path)
        elif path.is_file():
            yield path


def private(text: str) -> list[str]:
    return PRIVATE.findall(text)


def test_no_file_names_them() -> None:
    found = {
        str(path.relative_to(ROOT)): named
        for path in kept(ROOT)
        if (named := private(path.read_bytes().decode("utf-8", "replace")))
    }
    assert found == {}


def test_they_would_be_found() -> None:
    assert private("https://files.python" + "hosted.org/x")
    assert private("see /home" + "/somebody/notes")
    assert private('cd "/work' + '/project/docs"')
    assert not private("app/root/x, ../shop/x, /rooted/x, see https://example.com/root/x")
