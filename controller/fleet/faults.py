"""What can go wrong with a miner on the wire, as kinds that are counted."""

from __future__ import annotations

from enum import StrEnum

from controller.errors import PermanentError, TemporaryError


class FaultKind(StrEnum):
    NO_CONNECTION = "no_connection"
    NO_REPLY = "no_reply"
    """It took the question and did not answer in time."""
    TOO_LONG = "too_long"
    """Its reply went beyond what any reply needs."""
    GARBAGE = "garbage"
    """It answered something that is no reply to the question."""
    CONTESTED = "contested"
    """Somebody else holds its only session."""
    REFUSED = "refused"
    """It understood the command and would not do it."""
    UNAUTHORISED = "unauthorised"
    """It does not accept our name and password."""
    STRANGER = "stranger"
    """Another machine answers there than the one that is meant."""
    SWITCH = "switch"
    """Its switch is out of reach, or does not read as it was told to."""


class MinerError(TemporaryError):
    """One call to one miner failed. The message names the miner."""

    def __init__(self, kind: FaultKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def silent(self) -> bool:
        """Whether another call would only be waited for in vain."""
        return self.kind in (FaultKind.NO_CONNECTION, FaultKind.NO_REPLY)


def is_refusal_of_credentials(error: BaseException) -> bool:
    return isinstance(error, MinerError) and error.kind is FaultKind.UNAUTHORISED


def is_for_a_person(error: BaseException) -> bool:
    """Whether asking again helps nothing until somebody acts, who has to be told."""
    return is_refusal_of_credentials(error) or isinstance(error, PermanentError)


def kind_of(error: BaseException) -> str:
    """The word under which a failure is counted."""
    if isinstance(error, MinerError):
        return error.kind.value
    if isinstance(error, TemporaryError):
        return "temporary"
    return "permanent" if isinstance(error, PermanentError) else "internal"
