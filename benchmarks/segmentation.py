"""Segmentation against people: meshes cut into as many parts as most people drew, and compared with what each drew.

python benchmarks/segmentation.py FOLDER [--kept results.jsonl] [--only cup,ant] [--each]. FOLDER holds NPZ files named
category_number.npz with `vertices` (n, 3), `faces` (m, 3), `human_labels` (people, m) and, where the number of parts is
to be another than the one that most people drew, `num_parts`: the Princeton Segmentation Benchmark (Chen, Golovinskiy
and Funkhouser, 2009) has such meshes and its measures are used. Beside the built-in model stand k-means on the faces'
centres and each person against the others. With --kept, what the file already holds is not computed again. Prints a
table; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster import vq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import segmentation_scores  # noqa: E402
from benchmarks.segmentation_scores import Score  # noqa: E402

BUILT_IN, K_MEANS, PEOPLE = "built-in", "k-means", "people"
METHODS = (BUILT_IN, K_MEANS, PEOPLE)
K_MEANS_STARTS = 3


@dataclass(frozen=True)
class Drawn:
    """A mesh and the parts that people drew on it."""

    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    people: tuple[NDArray[np.int64], ...]
    count: int

    @property
    def category(self) -> str:
        return category(self.name)


@dataclass(frozen=True)
class Row:
    """One mesh by one method. cpu_s is 0 for people."""

    name: str
    method: str
    count: int
    rand_error: float
    iou: float
    cpu_s: float


def category(name: str) -> str:
    """The category in a file's name: "cup" of "cup_21"."""
    return name.rpartition("_")[0] or name


def read(path: Path) -> Drawn:
    """One file of the folder. Raises ValueError saying what it lacks."""
    with np.load(path) as file:
        missing = {"vertices", "faces", "human_labels"} - set(file.files)
        if missing:
            raise ValueError(f"{path.name} has no {', '.join(sorted(missing))}")
        people = tuple(np.asarray(one, np.int64) for one in file["human_labels"])
        usual = segmentation_scores.usual_count(people)
        return Drawn(
            path.stem,
            np.asarray(file["vertices"], np.float64),
            np.asarray(file["faces"], np.int64),
            people,
            int(file["num_parts"]) if "num_parts" in file.files else usual,
        )


def built_in(mesh: Drawn) -> NDArray[np.int64]:
    """The parts of the built-in model."""
    from pipelines.geometry import segment

    return segment.segment(mesh.vertices, mesh.faces, mesh.count).label


def k_means(mesh: Drawn) -> NDArray[np.int64]:
    """Centres of faces grouped by place alone: the best of a few starts, always the same ones."""
    centres = mesh.vertices[mesh.faces].mean(axis=1)
    tries = [
        vq.kmeans2(centres, mesh.count, minit="++", rng=np.random.default_rng(start))
        for start in range(K_MEANS_STARTS)
    ]
    spread = [((centres - middle[label]) ** 2).sum() for middle, label in tries]
    return np.asarray(tries[int(np.argmin(spread))][1], np.int64)


def people_among_themselves(mesh: Drawn) -> Score:
    """The mean over people of each against all the others. Raises ValueError where there is but one."""
    return segmentation_scores.mean(
        [
            segmentation_scores.against_all(one, mesh.people[:index] + mesh.people[index + 1 :])
            for index, one in enumerate(mesh.people)
        ]
    )


CUTS: dict[str, Callable[[Drawn], NDArray[np.int64]]] = {BUILT_IN: built_in, K_MEANS: k_means}


def row(mesh: Drawn, method: str) -> Row:
    """One mesh by one method."""
    if method == PEOPLE:
        found, cpu_s = people_among_themselves(mesh), 0.0
    else:
        start = time.process_time()
        label = CUTS[method](mesh)
        cpu_s = time.process_time() - start
        found = segmentation_scores.against_all(label, mesh.people)
    return Row(mesh.name, method, mesh.count, found.rand_error, found.iou, round(cpu_s, 2))


def kept(path: Path | None) -> dict[tuple[str, str], Row]:
    """The rows that an earlier run kept, by mesh and method."""
    if path is None or not path.exists():
        return {}
    rows = [Row(**json.loads(line)) for line in path.read_text().splitlines()]
    return {(one.name, one.method): one for one in rows}


def measured(paths: Iterable[Path], keep: Path | None) -> list[Row]:
    """The rows of all methods for each mesh, those kept earlier first of all; each new one is kept at once."""
    known = kept(keep)
    rows = []
    for path in paths:
        missing = [method for method in METHODS if (path.stem, method) not in known]
        mesh = read(path) if missing else None
        for method in METHODS:
            if mesh is not None and method in missing:
                known[path.stem, method] = row(mesh, method)
                if keep is not None:
                    with keep.open("a") as file:
                        file.write(json.dumps(asdict(known[path.stem, method])) + "\n")
            rows.append(known[path.stem, method])
        print(f"\r{path.stem:<24}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return rows


def table(rows: list[Row], key: Callable[[Row], str]) -> None:
    """Print the means of rows that `key` puts together, in the order of the alphabet, and those of all."""
    print(f"{'':<16}{'meshes':>7}" + "".join(f"{method:>20}" for method in METHODS))
    print(f"{'':<16}{'':>7}" + f"{'RI error':>12}{'mIoU':>8}" * len(METHODS))
    for name in [*sorted({key(one) for one in rows}), ""]:
        own = [one for one in rows if not name or key(one) == name]
        cells = []
        for method in METHODS:
            found = [one for one in own if one.method == method]
            means = np.mean([(one.rand_error, one.iou) for one in found], axis=0)
            cells.append(f"{means[0]:>12.3f}{means[1]:>8.3f}")
        print(f"{name or 'all':<16}{len(own) // len(METHODS):>7}" + "".join(cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kept", type=Path, help="a file of results: read first, added to")
    parser.add_argument("--only", default="", help="categories, by commas")
    parser.add_argument("--each", action="store_true", help="a row for each mesh too")
    args = parser.parse_args()
    only = set(filter(None, args.only.split(",")))
    paths = [
        path
        for path in sorted(args.folder.glob("*.npz"))
        if not only or category(path.stem) in only
    ]
    if not paths:
        parser.error(f"{args.folder} holds no NPZ file of these categories")
    rows = measured(paths, args.kept)
    if args.each:
        table(rows, lambda one: one.name)
        print()
    table(rows, lambda one: category(one.name))
    seconds = [one.cpu_s for one in rows if one.method == BUILT_IN]
    print(f"built-in: {np.mean(seconds):.1f} s of CPU a mesh, at most {max(seconds):.1f}")


if __name__ == "__main__":
    main()
