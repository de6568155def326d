"""The list of survivors, each with the reason why it is harmless."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from .mutants import Mutant

LIST = Path(__file__).with_name("survivors.yaml")


class Survivor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    file: str
    place: str
    code: str
    change: str
    why: Annotated[str, msgspec.Meta(min_length=10)] = ""
    nth: int = 0

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.file, self.place, self.code, self.change, self.nth

    @classmethod
    def of(cls, mutant: Mutant) -> Survivor:
        return cls(*mutant.key[:4], nth=mutant.nth)


def listed(path: Path = LIST) -> list[Survivor]:
    plain = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    return msgspec.convert(plain or [], list[Survivor])


def written(survivors: Iterable[Survivor]) -> str:
    """As rows of the list."""
    plain = [msgspec.to_builtins(one) for one in survivors]
    return yaml.safe_dump(plain, sort_keys=False, width=110, allow_unicode=True) if plain else ""
