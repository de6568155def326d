"""Miners that answer and cannot be told anything: the first are named, the rest counted."""

from __future__ import annotations

from msgspec.structs import replace

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
