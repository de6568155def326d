"""Fuzz targets by coverage: `python -m tests.fuzz.run [--runs N] [TARGET …]`, each in a process.

An input that breaks one is written to var/fuzz, and belongs into `tests/fuzz/found/TARGET-….bin`,
where the suite reads it for ever.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FOUND = Path(__file__).parent / "found"
WORK = Path("var/fuzz")
SEED = 7
LARGEST = 65_536


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--runs", type=int, default=200_000, help="inputs of each target")
    parser.add_argument("--one", action="store_true", help="fuzz in this process")
    parser.add_argument("targets", nargs="*", help="default: all")
    args = parser.parse_args()
    if args.one:
        fuzz(args.targets[0], args.runs)
    from tests.fuzz.targets import TARGETS

    failed = [name for name in args.targets or TARGETS if not _sound(name, args.runs)]
    for name in failed:
        sys.stdout.write(f"{name} broke: the input is in {WORK}\n")
    return int(bool(failed))


def _sound(name: str, runs: int) -> bool:
    """Whether nothing but our own errors escaped; what did is shown."""
    WORK.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.run", "--one", "--runs", str(runs), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    sys.stdout.write(f"{name} {runs} {'ok' if done.returncode == 0 else 'BROKE'}\n")
    if done.returncode:
        sys.stdout.write(done.stderr[-4000:])
    return done.returncode == 0


def fuzz(name: str, runs: int) -> None:
    """Never returns: the fuzzer ends the process."""
    import atheris  # type: ignore[import-untyped]

    with atheris.instrument_imports(include=["controller.signals", "controller.surfaces"]):
        from tests.fuzz.targets import TARGETS

    from controller.errors import PermanentError, TemporaryError

    target = TARGETS[name]
    corpus = WORK / name
    corpus.mkdir(parents=True, exist_ok=True)
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
