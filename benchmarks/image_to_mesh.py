"""CPU seconds and memory of the built-in image_to_textured_mesh, picture by picture, each in a fresh process.

python benchmarks/image_to_mesh.py [folder of pictures] [--texture-size 1024]. Prints a table; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FEATURE = "image_to_textured_mesh"
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"}


def measure(picture: Path, texture_size: int) -> dict[str, Any]:
    """Run one picture in this process. -> its CPU seconds by stage, peak memory and mesh facts."""
    sys.path.insert(0, str(ROOT))
    from pipelines.catalog import Catalog
    from pipelines.spec import Work

    catalog = Catalog.discover()
    feature, model_id = catalog.feature(FEATURE), f"classic_{FEATURE}"
    seconds: dict[str, float] = {}
    last = time.process_time()

    def spend(name: str) -> None:
        nonlocal last
        now = time.process_time()
        seconds[name] = seconds.get(name, 0.0) + now - last
        last = now

    def report(stage: str, fraction: float = 0.0) -> None:
        # A stage's end belongs to it; what lies between two stages is next to nothing.
        if fraction >= 1.0:
            spend(stage)

    adapter = catalog.adapters[model_id]()
    adapter.load("cpu")
    spend("load")
    params = feature.params(texture_size=texture_size).model_dump()
    options = catalog.cards[model_id].options().model_dump()
    with tempfile.TemporaryDirectory() as folder:
        work = Work(
            "benchmark", FEATURE, model_id, {"image": picture}, params, options, Path(folder)
        )
        outcome = feature.run(work, adapter, report)
    return {
        "seconds": seconds,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "faces": outcome.info["face_count"],
        "watertight": outcome.info["watertight"],
    }


def in_fresh_process(picture: Path, texture_size: int) -> dict[str, Any]:
    """`measure` in a child, so that no picture profits from or pays for the one before."""
    command = [sys.executable, __file__, "--one", str(picture), "--texture-size", str(texture_size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def print_table(rows: dict[str, dict[str, Any]]) -> None:
    stages = list(next(iter(rows.values()))["seconds"])
    head = "".join(f"{stage:>12}" for stage in stages)
    print(f"{'picture':<26}{head}{'total':>8}{'peak MiB':>10}{'faces':>8}  watertight")
    for name, row in rows.items():
        times = "".join(f"{row['seconds'][stage]:12.2f}" for stage in stages)
        total = run_seconds(row)
        print(
            f"{name[:25]:<26}{times}{total:8.2f}{row['peak_mib']:10.0f}{row['faces']:8}  {row['watertight']}"
        )
    medians = {
        stage: statistics.median(row["seconds"][stage] for row in rows.values()) for stage in stages
    }
    total = statistics.median(run_seconds(row) for row in rows.values())
    peak = max(row["peak_mib"] for row in rows.values())
    print(
        f"{'median':<26}{''.join(f'{value:12.2f}' for value in medians.values())}{total:8.2f}{peak:10.0f} (max)"
    )
    run = sum(value for stage, value in medians.items() if stage != "load")
    shares = "".join(
        f"{'-' if stage == 'load' else f'{value / run:.0%}':>12}"
        for stage, value in medians.items()
    )
    print(f"{'share':<26}{shares}")
    print("\nCPU seconds; total is without load, which a resident model pays once.")


def run_seconds(row: dict[str, Any]) -> float:
    return sum(value for stage, value in row["seconds"].items() if stage != "load")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "examples")
    parser.add_argument("--texture-size", type=int, default=1024)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.texture_size)))
        return
    pictures = sorted(
        path for path in arguments.folder.iterdir() if path.suffix.lower() in SUFFIXES
    )
    if not pictures:
        parser.error(f"no pictures in {arguments.folder}")
    print_table({path.stem: in_fresh_process(path, arguments.texture_size) for path in pictures})


if __name__ == "__main__":
    main()
