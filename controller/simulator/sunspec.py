"""The register image of a SunSpec meter: `SunS`, models 1 and 203, and the end.

Offsets are those of the SunSpec model definitions 1 (common) and 203 (three-phase wye meter),
counted from the first point after a model's identifier and length.
"""

from __future__ import annotations

import math

BASE = 40000
_MARK = (0x5375, 0x6E53)
_END = (0xFFFF, 0)
_METER, _METER_LENGTH = 203, 105
_COMMON, _COMMON_LENGTH = 1, 66
_NOT_IMPLEMENTED = 0x8000
_LINE_V, _HZ = 480.0, 60.0
_HOURS_A_YEAR = 8760


def common(serial: str) -> list[int]:
    """Model 1: who the meter is."""
    words = [0] * _COMMON_LENGTH
    for offset, length, text in (
        (0, 16, "curtaild"),
        (16, 16, "simulated meter"),
        (40, 8, "1"),
        (48, 16, serial),
    ):
        words[offset : offset + length] = _text(text, length)
    words[64:66] = (1, _NOT_IMPLEMENTED)
    return [_COMMON, _COMMON_LENGTH, *words]


def _text(text: str, words: int) -> list[int]:
    raw = text.encode("ascii", "replace")[: 2 * words].ljust(2 * words, b"\0")
    return [int.from_bytes(raw[i : i + 2], "big") for i in range(0, 2 * words, 2)]


class MeterScale:
    """Scale factors that hold a meter's range: 16 bits for power, a year in the counter."""

    def __init__(self, capacity_w: float) -> None:
        self.watts = _exponent(capacity_w, 0x7FFF, lowest=0)
        self.amperes = _exponent(3 * amperes(capacity_w), 0x7FFF, lowest=-2)
        self.watt_hours = _exponent(capacity_w * _HOURS_A_YEAR, 0xFFFFFFFF, lowest=0)


def _exponent(largest: float, fits: int, lowest: int) -> int:
    """The smallest power of ten, from `lowest` on, in which `largest` is at most `fits`."""
    smallest = math.ceil(math.log10(max(largest, 1e-9) / fits))
    return max(lowest, smallest)


def amperes(power_w: float) -> float:
    """Current of one phase at power factor 1."""
    return power_w / (math.sqrt(3) * _LINE_V)


def meter(power_w: float, energy_wh: float, scale: MeterScale) -> list[int]:
    """Model 203 for this power and imported energy; what a meter may leave out is left out."""
    words = [_NOT_IMPLEMENTED] * 36 + [0] * (_METER_LENGTH - 36)
    phase_a = _scaled(amperes(power_w), scale.amperes)
    phase_v, line_v = _scaled(_LINE_V / math.sqrt(3), -1), _scaled(_LINE_V, -1)
    phase_w = _scaled(power_w / 3, scale.watts)
    words[0:5] = (3 * phase_a, phase_a, phase_a, phase_a, scale.amperes)
    words[5:14] = (*[phase_v] * 4, *[line_v] * 4, -1)
    words[14:16] = (_scaled(_HZ, -2), -2)
    words[16:21] = (_scaled(power_w, scale.watts), *[phase_w] * 3, scale.watts)
    words[44:46] = divmod(_scaled(energy_wh, scale.watt_hours) % 2**32, 2**16)
    words[52] = scale.watt_hours
    for unused_scale in (69, 102):
        words[unused_scale] = _NOT_IMPLEMENTED
    return [_METER, _METER_LENGTH, *(word & 0xFFFF for word in words)]


def _scaled(value: float, exponent: int) -> int:
    return round(value * 10.0**-exponent)


def image(serial: str, power_w: float, energy_wh: float, scale: MeterScale) -> list[int]:
    """All registers from `BASE` on."""
    return [*_MARK, *common(serial), *meter(power_w, energy_wh, scale), *_END]
