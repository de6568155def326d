"""Which code this is: it stands in the books beside every plan."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

SOURCE = "source"
"""What runs from a source tree that was never installed."""


def code_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("curtaild")
    except PackageNotFoundError:
        return SOURCE
