"""Training views in files: `python -m pipelines.training.dataset FOLDER --shards 80`.

Shard i of a seed is the same each time; a shard that is there already is not made again.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.depth import ball_height
from pipelines.training.shapes import random_shape
from pipelines.training.views import Stage, View, random_turn

log = logging.getLogger(__name__)

SHARD_SHAPES = 100
VIEWS_PER_SHAPE = 5
# Shards of another seed, never trained on.
HELD_OUT_SEED = 1_000_003
FIELDS = ("rgb", "mask", "front", "back", "half", "radius")

Shard = dict[str, NDArray]


def make_shard(seed: int, index: int, shapes: int = SHARD_SHAPES) -> Shard:
    """Views of `shapes` random shapes: rgb (n, s, s, 3) uint8, mask (n, s, s) bool, the rest (n, s, s) float16.

    front, back: see `View`; half, radius: see `depth.ball_height`.
    """
    rng = np.random.default_rng([seed, index])
    rows: dict[str, list[NDArray]] = {name: [] for name in FIELDS}
    for _ in range(shapes):
        stage = Stage(random_shape(rng))
        for _ in range(VIEWS_PER_SHAPE):
            try:
                view = stage.picture(random_turn(rng), rng)
            except ValueError as error:
                log.debug("left out: %s", error)
                continue
            for name, values in zip(FIELDS, _stored(view), strict=True):
                rows[name].append(values)
    return {name: np.stack(values) for name, values in rows.items()}


def _stored(view: View) -> tuple[NDArray, ...]:
    half, radius = ball_height(view.mask)
    depths = (view.front, view.back, half, radius)
    return view.rgb, view.mask, *(values.astype(np.float16) for values in depths)


def make(folder: Path, seed: int, first: int, shards: int) -> None:
    """Write shards first to first + shards - 1 into the folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(first, first + shards):
        path = folder / f"shard_{seed}_{index:04d}.npz"
        if path.exists():
            continue
        start = time.process_time()
        shard = make_shard(seed, index)
        draft = path.with_suffix(".part.npz")
        np.savez(draft, allow_pickle=False, **shard)
        draft.rename(path)
        spent = time.process_time() - start
        log.info("%s: %d views in %.1f s", path.name, len(shard["mask"]), spent)


def load(folder: Path, seed: int, most: int | None = None) -> Shard:
    """The shards of a seed in the folder, joined. Raises FileNotFoundError where there are none."""
    paths = sorted(folder.glob(f"shard_{seed}_????.npz"))[:most]
    if not paths:
        raise FileNotFoundError(f"no shards of seed {seed} in {folder}; make them with this module")
    shards = [dict(np.load(path)) for path in paths]
    return {name: np.concatenate([shard[name] for shard in shards]) for name in FIELDS}


def main() -> None:
    """Read the command line and make shards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--shards", type=int, default=80)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("pipelines.training.shapes").setLevel(logging.WARNING)
    make(given.folder, given.seed, given.first, given.shards)


if __name__ == "__main__":
    main()
