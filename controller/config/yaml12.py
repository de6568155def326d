"""YAML scalars as YAML 1.2 reads them, for PyYAML, which reads them as 1.1.

A level may be called `off`, a country `no`, and `22:00` is a time and not 1,320. Only the words of
the 1.2 core schema (yaml.org/spec/1.2.2, 10.3.2) are other than strings.
"""

from __future__ import annotations

import re

import yaml

_TAG = "tag:yaml.org,2002:"

_WORDS = {
    "null": (r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    "bool": (r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    "int": (r"^[-+]?[0-9]+$", list("-+0123456789")),
    "float": (
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
    "merge": (r"^<<$", ["<"]),
}
"""By tag: the form of its scalars and the letters they begin with. The order decides."""


class Loader(yaml.SafeLoader):
    """A safe loader that knows null, true, false, decimal integers and floats."""


def _integer(loader: Loader, node: yaml.ScalarNode) -> int:
    """Decimal: PyYAML's own constructor takes a leading zero for octal."""
    return int(str(loader.construct_scalar(node)))


Loader.yaml_implicit_resolvers = {}
for _name, (_form, _first) in _WORDS.items():
    Loader.add_implicit_resolver(_TAG + _name, re.compile(_form), _first)
Loader.add_constructor(_TAG + "int", _integer)
