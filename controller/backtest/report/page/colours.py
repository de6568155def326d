"""The colours of the page, as on the site's live page, by day and by night."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT = {
    "ground": "#eef1f0",
    "panel": "#ffffff",
    "ink": "#16211f",
    "soft": "#53635f",
    "line": "#d5dddb",
    "power": "#0b7a69",
    "target": "#3d5f9e",
    "limit": "#a8481f",
    "price": "#86600a",
    "off": "#8b9995",
}
DARK = {
    "ground": "#0d1315",
    "panel": "#151d20",
    "ink": "#e0e8e6",
    "soft": "#93a5a2",
    "line": "#263236",
    "power": "#55c7b1",
    "target": "#90b4f0",
    "limit": "#e8906c",
    "price": "#dcb752",
    "off": "#6d7f82",
}

INK, SOFT, LINE = LIGHT["ink"], LIGHT["soft"], LIGHT["line"]
POWER, PRICE = LIGHT["power"], LIGHT["price"]

OF_ACCOUNT = {
    "curtaild": POWER,
    "always_on": LIGHT["off"],
    "strike": LIGHT["limit"],
    "tuned_strike": PRICE,
    "perfect": LIGHT["target"],
}
"""What a plot draws an account with; those without a colour are not drawn."""


def declared(colours: Mapping[str, str]) -> str:
    """The colours as properties of CSS."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def as_properties(svg: str) -> str:
    """A drawing in the colours of the day, with names in their place: it follows the night."""
    for name, colour in LIGHT.items():
        svg = svg.replace(f": {colour}", f": var(--{name})")
    return svg
