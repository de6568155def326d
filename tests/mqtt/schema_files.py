"""Writes docs/schemas anew: python -m tests.mqtt.schema_files"""

from __future__ import annotations

from pathlib import Path

from controller.surfaces.mqtt.schemas import schemas, text_of

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"


def files() -> dict[Path, str]:
    """What stands in each."""
    return {FOLDER / f"mqtt-{name}.json": text_of(one) for name, one in schemas().items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
