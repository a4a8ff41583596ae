"""CPU seconds of the built-in text_to_textured_mesh by stage, prompt by prompt, in one process as a worker runs them.

python benchmarks/text_to_mesh.py ["a prompt" …] [--every] [--texture-size 1024] [--shown 12]. Without prompts a list of
common ones; with --every each family by its name. Prints the dearest, the median, the 95th of 100, and what is over the
limit of 1 s at 1024 on two idle cores; never a pass or a fail. The pace, seconds of a fixed loop after each prompt,
tells what company the machine is in.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FEATURE = "text_to_textured_mesh"
LIMIT_S = 1.0
PROMPTS = (
    "a red sports car",
    "a wooden chair with a blue cushion",
    "a medieval castle",
    "a dragon",
    "a knight in shining armour",
    "three mushrooms on a rock",
    "a dog",
    "a pirate ship",
    "an oak tree",
    "a treasure chest full of gold",
    "a samurai",
    "a table with a vase",
    "a robot",
    "a witch",
    "a space station",
    "a fantasy sword",
    "an old truck",
    "a pizza",
    "a guitar",
    "a lighthouse",
)


@cache
def model() -> tuple[Any, Any, Any]:
    """The feature, its card and the loaded adapter: a worker finds them once."""
    from pipelines.catalog import Catalog

    catalog, model_id = Catalog.discover(), f"classic_{FEATURE}"
    adapter = catalog.adapters[model_id]()
    adapter.load("cpu")
    return catalog.feature(FEATURE), catalog.cards[model_id], adapter


def measure(prompt: str, texture_size: int) -> dict[str, float]:
    """Seconds of one job by stage, `whole`, and its faces."""
    from benchmarks.painting import cpu
    from pipelines.spec import Work

    feature, card, adapter = model()
    seconds: dict[str, float] = {}
    last = time.process_time()

    def report(stage: str, fraction: float = 0.0) -> None:
        nonlocal last
        now = time.process_time()
        if fraction >= 1.0:
            seconds[stage] = seconds.get(stage, 0.0) + now - last
        last = now

    params = feature.params(text_prompt=prompt, texture_size=texture_size).model_dump()
    options = card.options().model_dump()
    with tempfile.TemporaryDirectory() as folder:
        work = Work("benchmark", FEATURE, card.model_id, {}, params, options, Path(folder))
        total, outcome = cpu(lambda: feature.run(work, adapter, report))
    return {**seconds, "whole": total, "faces": outcome.info["face_count"]}


def print_table(rows: dict[str, dict[str, float]], paces: list[float], shown: int) -> None:
    """The dearest prompts first; a stage that one of them has not is left empty."""
    stages = list(dict.fromkeys(stage for row in rows.values() for stage in row))
    dearest = sorted(rows, key=lambda prompt: -rows[prompt]["whole"])
    print(f"{'prompt':<42}" + "".join(f"{stage:>12}" for stage in stages))
    for prompt in dearest[:shown]:
        cells = (
            f"{rows[prompt][stage]:12.0f}"
            if stage == "faces"
            else f"{rows[prompt][stage]:12.2f}"
            if stage in rows[prompt]
            else f"{'':12}"
            for stage in stages
        )
        print(f"{prompt[:41]:<42}" + "".join(cells))
    whole = sorted(row["whole"] for row in rows.values())
    print(
        f"\nCPU seconds. Of {len(rows)} the median {statistics.median(whole):.2f}, 95th of 100 "
        f"{whole[int(0.95 * (len(whole) - 1))]:.2f}, most {whole[-1]:.2f}; pace {min(paces):.3f} to {max(paces):.3f}, "
        f"median {statistics.median(paces):.3f}"
    )
    over = [prompt for prompt in dearest if rows[prompt]["whole"] > LIMIT_S]
    print(f"over the limit of {LIMIT_S} s: {', '.join(over) or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", nargs="*")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--texture-size", type=int, default=1024)
    parser.add_argument("--shown", type=int, default=12)
    arguments = parser.parse_args()
    from benchmarks.painting import fill_tables, pace

    prompts = arguments.prompts or list(PROMPTS)
    if arguments.every:
        from pipelines.geometry.families.registry import families

        prompts = list(families())
    fill_tables()
    measure("a cup", arguments.texture_size)  # the imports
    rows, paces = {}, []
    for prompt in prompts:
        rows[prompt] = measure(prompt, arguments.texture_size)
        paces.append(pace())
    print_table(rows, paces, arguments.shown)


if __name__ == "__main__":
    main()
