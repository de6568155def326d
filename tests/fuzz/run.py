"""Fuzz targets by coverage: `python -m tests.fuzz.run [--runs N] [TARGET …]`.

An input that breaks one is written to var/fuzz, and belongs into `tests/fuzz/found/TARGET-….bin`,
where the suite reads it for ever.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.target import Target

FOUND = Path(__file__).parent / "found"
WORK = Path("var/fuzz")
SEED = 7
LARGEST = 65_536
WATCHED = ["controller.signals", "controller.surfaces"]
"""Whose branches lead the fuzzer."""
SHOWN = 4_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--runs", type=int, default=200_000, help="inputs of each target")
    parser.add_argument("targets", nargs="*", help="default: all")
    args = parser.parse_args()
    targets = _watched()
    failed = [one for one in args.targets or targets if not _sound(one, targets[one], args.runs)]
    for name in failed:
        sys.stdout.write(f"{name} broke: the input is in {WORK}\n")
    return int(bool(failed))


def _watched() -> dict[str, Target]:
    """All targets, of code that tells the fuzzer where it went: that takes a second, once."""
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=WATCHED):
        from tests.fuzz.targets import TARGETS
    return dict(TARGETS)


def _sound(name: str, target: Target, runs: int) -> bool:
    """Whether nothing but our own errors escaped; what did is shown. In a process of its own: the
    fuzzer ends the one it is in."""
    (WORK / name).mkdir(parents=True, exist_ok=True)
    said = WORK / f"{name}.log"
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _fuzz(name, target, runs, said)
    sound = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    sys.stdout.write(f"{name} {runs} {'ok' if sound else 'BROKE'}\n")
    if not sound:
        sys.stdout.write(said.read_text(errors="replace")[-SHOWN:])
    return sound


def _fuzz(name: str, target: Target, runs: int, said: Path) -> None:
    """Never returns."""
    import atheris

    from controller.errors import PermanentError, TemporaryError

    with said.open("wb") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    corpus = WORK / name
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def one(data: bytes) -> None:
        try:
            target.read(data)
        except (TemporaryError, PermanentError):
            return

    options = [f"-runs={runs}", f"-seed={SEED}", f"-max_len={LARGEST}"]
    options += [f"-artifact_prefix={WORK}/{name}-", "-timeout=10", "-rss_limit_mb=1024"]
    atheris.Setup([name, *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())
