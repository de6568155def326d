"""Whether the plain payloads of MQTT fit the programs that they are under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.config.compose import Settings
from controller.config.explain import hint
from controller.config.problems import Key
from controller.config.programs import ContractedReference, ProgramSettings
from controller.surfaces.mqtt.settings import PlainSettings


def plain_payloads(settings: Settings) -> Iterable[tuple[Key, str]]:
    """Key and reason of each that does not."""
    every = settings.mqtt.plain if settings.mqtt else {}
    for authority, plain in every.items():
        key = ("mqtt", "plain", authority)
        program = settings.programs.get(plain.program)
        if program is None:
            known = sorted(settings.programs)
            reason = f"must be a program: {', '.join(known) or 'there is none'}"
            yield (*key, "program"), reason + hint(plain.program, known)
        elif program.authority != authority:
            yield (*key, "program"), f"belongs to authority {program.authority}"
        else:
            yield from _targets(key, plain, program)


def _targets(key: Key, plain: PlainSettings, program: ProgramSettings) -> Iterator[tuple[Key, str]]:
    needed = ["reduce_to_kw"] + (["reduce_by_percent"] if plain.reference else [])
    for kind in needed:
        if kind not in program.allowed:
            yield (*key, "program"), f"must allow {kind}, which the plain payload becomes"
    if plain.reference is None:
        return
    reference = program.references.get(plain.reference)
    if reference is None:
        known = sorted(program.references)
        reason = f"must be a reference of {plain.program}: {', '.join(known) or 'it has none'}"
        yield (*key, "reference"), reason + hint(plain.reference, known)
    elif not isinstance(reference, ContractedReference):
        yield (
            (*key, "reference"),
            "must be a contracted one: once a target of 0 was obeyed, the power at acceptance "
            "is nothing",
        )
