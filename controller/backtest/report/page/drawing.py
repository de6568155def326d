"""From a figure of matplotlib to an SVG that fits into the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from controller.backtest.report.cells import number
from controller.backtest.report.page.colours import INK, LINE, SOFT, as_properties

WIDTH_IN = 10.0
POINTS = 2_000
"""A line of more is thinned out: the screen has no more columns."""

_LOOK: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": SOFT,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": SOFT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",  # the one that comes with matplotlib: the same measures anywhere
    "font.size": 9,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.5,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: a third of the size, and in the page's own font
    "text.color": INK,
    "text.parse_math": False,  # a currency may be a $
    "xtick.color": SOFT,
    "ytick.color": SOFT,
}
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


def drawn(name: str, label: str, height_in: float, draw: Callable[[Figure], None]) -> str:
    """The SVG of what `draw` puts into a figure.

    `name` is one word that no other drawing of the page has, `label` is for those who hear it.
    The same drawing gives the same text, whatever the machine's own settings of matplotlib are.
    """
    text = StringIO()
    with _look(name):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        draw(figure)
        figure.savefig(text, format="svg", metadata=_NO_METADATA)
    return _for_page(text.getvalue(), name, label)


def in_thousands(axes: Axes) -> None:
    """Marks of the upright axis with separators of thousands, as the tables have them."""
    axes.yaxis.set_major_formatter(FuncFormatter(_thousands))


def thinned(count: int) -> list[int]:
    """Places of at most `POINTS` of so many points, evenly, the first and the last among them."""
    if count <= POINTS:
        return list(range(count))
    return [round(place * (count - 1) / (POINTS - 1)) for place in range(POINTS)]


def _thousands(value: float, _place: int | None = None) -> str:
    whole = abs(value) >= 10 or abs(value - round(value)) < 1e-9
    return number(value, 0 if whole else 2).replace("-", "−")


@contextmanager
def _look(name: str) -> Iterator[None]:
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_LOOK | {"svg.hashsalt": name})
        yield


def _for_page(text: str, name: str, label: str) -> str:
    """Without the head of a file of its own, with ids and colours of the page."""
    body = text[text.index("<svg") :]
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None, "matplotlib wrote an SVG without a viewBox"
    body = body[body.index(">") + 1 :]
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = body.replace("url(#", f"url(#{name}-").replace('xlink:href="#', f'href="#{name}-')
    opening = f'<svg {box[0]} role="img" aria-label="{escape(label)}">'
    return opening + as_properties(body).strip()
