"""Two kinds of error: those that pass by themselves and those that do not."""

from __future__ import annotations


class CurtaildError(Exception):
    """What curtaild raises on purpose. The message names the place and what to do."""


class TemporaryError(CurtaildError):
    """Worth another try after `delay_s` seconds."""

    def __init__(self, message: str, *, delay_s: float = 1.0) -> None:
        super().__init__(message)
        self.delay_s = delay_s


class PermanentError(CurtaildError):
    """Trying again changes nothing: a person has to."""
