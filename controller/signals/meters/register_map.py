"""Where a meter's power and counter stand: maps as data, ours and an operator's."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from controller.errors import PermanentError
from controller.signals.reading.registers import NumberType, WordOrder, registers_of

MapName: TypeAlias = Literal[
    "sunspec", "eastron-sdm630", "janitza-b23", "schneider-iem3000", "siemens-pac2200"
]
WATTS = {"w": Decimal(1), "kw": Decimal(1_000), "mw": Decimal(1_000_000)}
"""Also Wh in Wh, kWh and MWh."""
LARGEST_MAP = 65_536
_MAPS = "controller.signals.meters.maps"


class Registers(BaseModel):
    """A number in one to four registers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    table: Literal["holding", "input"]
    """Function 3 or function 4."""
    address: int = Field(ge=0, le=65_532)
    """As it is sent, counted from 0."""
    type: NumberType
    word_order: WordOrder = "big"
    scale: Decimal = Field(Decimal(1), ge=-1_000_000, le=1_000_000)
    """Multiplies the number; negative where the meter counts the other way."""

    @property
    def count(self) -> int:
        return registers_of(self.type)


class PowerRegisters(Registers):
    """Active power, import positive."""

    unit: Literal["w", "kw", "mw"]


class EnergyRegisters(Registers):
    """An import counter."""

    unit: Literal["wh", "kwh", "mwh"]


class RegisterMap(BaseModel):
    """What is read of a kind of meter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meter: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """Which kind it is, for messages."""
    source: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    """Whence the addresses are."""
    power: PowerRegisters
    energy: EnergyRegisters | None = None


def shipped(name: str) -> RegisterMap:
    """A map of ours."""
    text = resources.files(_MAPS).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return RegisterMap.model_validate(yaml.safe_load(text))


def read_map(path: Path) -> RegisterMap:
    """An operator's own.

    Raises:
        PermanentError: naming the file and every key that is wrong.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_MAP + 1)
        if len(raw) > LARGEST_MAP:
            raise PermanentError(f"map_file {path}: is larger than {LARGEST_MAP} bytes")
        return RegisterMap.model_validate(yaml.safe_load(raw.decode()))
    except OSError as error:
        raise PermanentError(f"map_file {path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()
        )
        raise PermanentError(f"map_file {path}: {faults}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PermanentError(f"map_file {path}: is no YAML of a register map") from error
