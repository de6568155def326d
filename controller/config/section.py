"""What every part of the configuration has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints


class Section(BaseModel):
    """Frozen; unknown keys, NaN and infinity are refused; docstrings become descriptions."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
"""The name of a group, a program, a feed: small letters, digits, `-` and `_`, so that a variable
of the environment can name it."""


def _no_truth(value: object) -> object:
    """pydantic would take `true` for 1."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic reads ValueError
    return value


NotTruth = BeforeValidator(_no_truth)
"""For whole numbers; it stands last, so that the bounds before it reach the schema."""
