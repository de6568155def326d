"""Miners that answer and cannot be told anything: the first are named, the rest counted."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from controller.model.view import FleetHealth
from controller.surfaces.present.attention import attention

from .views import a_view


def test_the_first_are_named_and_the_rest_counted() -> None:
    view = a_view()
    problems = tuple(f"m-{number}: another machine answers" for number in range(5))
    told = replace(view, fleet=replace(view.fleet, problems=problems))
    texts = [one.text for one in attention(told, alive=True) if "old nothing" in one.text]
    assert texts == [
        "Told nothing: m-0: another machine answers.",
        "Told nothing: m-1: another machine answers.",
        "Told nothing: m-2: another machine answers.",
        "Told nothing either: 2 miners.",
    ]


@pytest.mark.parametrize(("refused", "named"), [(1, "1 miner."), (700, "700 miners.")])
def test_refused_passwords_are_a_matter_of_their_own(refused: int, named: str) -> None:
    view = a_view(fleet=FleetHealth(known=900, refused_credentials=refused))
    (said,) = [one.text for one in attention(view, alive=True) if one.about == "credentials"]
    assert said.startswith(f"Our name and password are refused: {named}")
    assert "until the password file holds another password" in said
