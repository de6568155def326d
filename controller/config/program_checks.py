"""Whether what programs declare fits together."""

from __future__ import annotations

from collections.abc import Iterator

from controller.config.compose import Settings
from controller.config.explain import hint
from controller.config.problems import Key
from controller.config.programs import ContractedReference, ProgramSettings
from controller.model.grid import Obligation

Fault = tuple[Key, str]


def programs(settings: Settings) -> Iterator[Fault]:
    """References, levels, obligations and opting out."""
    for name, program in settings.programs.items():
        key = ("programs", name)
        by = [kind for kind in program.allowed if kind.startswith("reduce_by")]
        if by and not program.references:
            yield (*key, "references"), f"is missing: {by[0]} needs a reference to measure from"
        yield from _contracted(settings, key, program)
        yield from _counted_from(key, program)
        yield from _levels(key, program)
        yield from _obligation(key, program)


def _contracted(settings: Settings, key: Key, program: ProgramSettings) -> Iterator[Fault]:
    for name, reference in program.references.items():
        kw = reference.kw if isinstance(reference, ContractedReference) else 0
        if kw > settings.site.import_limit_kw:
            yield (*key, "references", name, "kw"), "must not be above site.import_limit_kw"


def _counted_from(key: Key, program: ProgramSettings) -> Iterator[Fault]:
    name = program.counted_from
    if name is not None and name not in program.references:
        yield (*key, "counted_from"), _unknown(program, name)


def _levels(key: Key, program: ProgramSettings) -> Iterator[Fault]:
    if "level" in program.allowed and not program.levels:
        yield (*key, "levels"), "is missing: say what each level asks for"
    if "level" not in program.allowed and (program.levels or program.normal_levels):
        yield (*key, "allowed"), "has no `level`: add it, or take levels and normal_levels out"
    for name, level in program.levels.items():
        reference = getattr(level, "reference", None)
        if reference is not None and reference not in program.references:
            yield (*key, "levels", name, "reference"), _unknown(program, reference)
    for name in sorted(program.levels.keys() & set(program.normal_levels)):
        yield (*key, "normal_levels"), f"{name} asks for something under levels: name it once"


def _obligation(key: Key, program: ProgramSettings) -> Iterator[Fault]:
    if program.weighed and program.obligation is Obligation.COMPLIANCE:
        yield (*key, "weighed"), "compliance is never weighed against money: leave it out"
    elif program.weighed and not program.penalty_per_mwh:
        yield (*key, "penalty_per_mwh"), "is missing: weighed needs the penalty to weigh"
    if program.weighed and program.penalty_per_dispatch:
        problem = "one step too few would cost all of it: leave it out, or weighed"
        yield (*key, "penalty_per_dispatch"), problem
    if program.weighed and program.emergency:
        yield (*key, "weighed"), "an emergency is never weighed against money: leave it out"
    if program.may_opt_out and program.emergency:
        yield (*key, "may_opt_out"), "nobody opts out of an emergency: leave it out"


def _unknown(program: ProgramSettings, name: str) -> str:
    known = sorted(program.references)
    return f"must be one of references: {', '.join(known) or 'none'}{hint(name, known)}"
