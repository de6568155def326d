"""Which configuration this is: for the books, without its secrets and without this machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from controller.config.compose import Settings
from controller.config.paths import named_only


def public(settings: Settings) -> dict[str, Any]:
    """The configuration as plain values. Of a file only its name stands here, never what it
    holds, and a secret in the model shows as asterisks."""
    plain: dict[str, Any] = json.loads(named_only(settings).model_dump_json(serialize_as_any=True))
    return plain


def config_hash(settings: Settings) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of `public(settings)`."""
    text = json.dumps(public(settings), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
