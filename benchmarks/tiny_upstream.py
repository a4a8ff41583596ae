"""Drives our adapters over real upstream code on a CPU, with tiny random weights: no GPU, no published weights.

    python benchmarks/tiny_upstream.py environments/partfield/upstream/PartField --family partfield

Each family is a file in benchmarks/tiny with `trial(checkout, python, work)`, which builds a checkpoint of a few
parameters, puts stand-ins for what needs CUDA on the path of a real runner process, and yields a row for each thing
that was tried: load, run, progress, cancel, a second run, unload. Says nothing of the quality of what is
made. `--python`
names an interpreter with what the family needs beside its checkout. Exits with 1 where a row failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What is of the command and no family.
_NO_FAMILY = ("drive", "__init__")


def families() -> list[str]:
    return sorted(
        path.stem
        for path in (ROOT / "benchmarks" / "tiny").glob("*.py")
        if path.stem not in _NO_FAMILY and not path.stem.startswith("_")
    )


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("checkout", type=Path, help="a folder with the upstream code")
    parser.add_argument("--family", required=True, choices=families())
    parser.add_argument(
        "--python",
        type=Path,
        help="an interpreter with torch; else environments/FAMILY's, else environments/shap_e's",
    )
    parser.add_argument("--work", type=Path, help="a folder that is kept; else one that is not")
    args = parser.parse_args(words)
    python = args.python or _python_of(args.family)
    trial = import_module(f"benchmarks.tiny.{args.family}").trial
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        work = args.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        for row in trial(args.checkout.resolve(), python.absolute(), work.resolve()):
            print(f"{'ok  ' if row.passed else 'FAIL'} {row.what}: {row.detail}", flush=True)
            failed += not row.passed
    return int(bool(failed))


def _python_of(family: str) -> Path:
    for name in (family, "shap_e"):
        python = ROOT / "environments" / name / "bin" / "python"
        if python.is_file():
            return python
    raise SystemExit(f"no environment of {family} is installed here; name one with --python")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
