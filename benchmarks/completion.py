"""Part completion against the whole mesh: parts are deleted and holes punched, and what comes back is measured.

python benchmarks/completion.py FOLDER [--half dev|test] [--only NAME,...] [--holes 2] [--parts 2] [--each] [--save OUT]

FOLDER holds meshes (NPZ with `vertices`, `faces` and `human_labels` (h, m), one row a person; OBJ, PLY, STL, OFF, GLB
unlabelled). Labelled parts of 2 to 25 % of the area are deleted; balls of 9 % of the diagonal are punched out about
points of the surface. What is drawn depends on the mesh's name alone. Dev and test are the even and odd places in the
alphabet.
Prints Chamfer (percent of the diagonal) and IoU beside doing nothing and trimesh's fill_holes; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.completion_measures import Score, Truth  # noqa: E402
from pipelines.geometry import complete, weld  # noqa: E402

SUFFIXES = (".npz", ".obj", ".ply", ".stl", ".off", ".glb")
LEAST_SHARE, MOST_SHARE = 0.02, 0.25
HOLE_RADIUS = 0.09


@dataclass(frozen=True)
class Case:
    """A mesh with something missing. kind: hole or part; vertices (n, 3), faces (m, 3)."""

    mesh: str
    kind: str
    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """The scores of one case by method, what completion says it did, and its CPU seconds."""

    mesh: str
    kind: str
    name: str
    scores: dict[str, Score]
    done: str
    watertight: bool
    cpu_s: float


Arrays = tuple[NDArray[np.float64], NDArray[np.int64]]


def fill_holes(vertices: NDArray, faces: NDArray) -> Arrays:
    """What trimesh does: holes of three and four corners."""
    mesh = trimesh.Trimesh(vertices, faces, process=True)
    mesh.fill_holes()
    return np.asarray(mesh.vertices), np.asarray(mesh.faces)


def load(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray | None]:
    """vertices (n, 3), faces (m, 3), labels (h, m) or None."""
    if path.suffix == ".npz":
        data = np.load(path)
        labels = data["human_labels"] if "human_labels" in data else None
        return data["vertices"].astype(np.float64), data["faces"].astype(np.int64), labels
    mesh = trimesh.load(path, force="mesh", process=True)
    return np.asarray(mesh.vertices), np.asarray(mesh.faces, np.int64), None


def cases(
    name: str, mesh: tuple[NDArray, NDArray, NDArray | None], holes: int, parts: int
) -> Iterator[Case]:
    """That many holes and deleted parts of one mesh; fewer where it has no more."""
    vertices, faces, labels = mesh
    draw = np.random.default_rng(zlib.crc32(name.encode()))
    for index, gone in enumerate(_balls(vertices, faces, draw, holes)):
        yield _without(name, "hole", f"hole_{index}", vertices, faces[~gone])
    if labels is not None:
        for label, gone in _parts(vertices, faces, labels[0], draw, parts):
            yield _without(name, "part", f"part_{label}", vertices, faces[~gone])


def _balls(
    vertices: NDArray, faces: NDArray, draw: np.random.Generator, count: int
) -> Iterator[NDArray[np.bool_]]:
    area = weld.face_areas(vertices, faces)
    middles = vertices[faces].mean(axis=1)
    radius = HOLE_RADIUS * float(np.linalg.norm(np.ptp(vertices, axis=0)))
    for face in draw.choice(len(faces), count, p=area / area.sum()):
        yield np.linalg.norm(middles - middles[face], axis=1) < radius


def _parts(
    vertices: NDArray, faces: NDArray, label: NDArray, draw: np.random.Generator, count: int
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Parts of a labelling (m,) that can be deleted: not too large, not too small, and the rest is open then."""
    area = weld.face_areas(vertices, faces)
    fits = []
    for number in np.unique(label):
        gone = label == number
        share = float(area[gone].sum() / area.sum())
        if LEAST_SHARE <= share <= MOST_SHARE and _opens(faces, gone):
            fits.append(int(number))
    for number in draw.permutation(fits)[:count]:
        yield int(number), label == number


def _opens(faces: NDArray, gone: NDArray) -> bool:
    pairs, _ = weld.face_pairs(faces)
    return bool((gone[pairs[:, 0]] != gone[pairs[:, 1]]).any())


def _without(mesh: str, kind: str, name: str, vertices: NDArray, faces: NDArray) -> Case:
    used, corners = np.unique(faces, return_inverse=True)
    return Case(mesh, kind, name, vertices[used], corners.reshape(-1, 3))


def measured(case: Case, truth: Truth, save: Path | None) -> Row:
    """Complete one case and compare."""
    scores = {"nothing": truth.score(case.vertices, case.faces)}
    filled = fill_holes(case.vertices, case.faces)
    same = len(filled[1]) == len(case.faces)
    scores["fill_holes"] = scores["nothing"] if same else truth.score(*filled)
    start = time.process_time()
    body = complete.complete(case.vertices, case.faces)
    spent = time.process_time() - start
    scores["built-in"] = truth.score(body.vertices, body.faces)
    if save is not None:
        for label, (points, corners) in {
            "open": (case.vertices, case.faces),
            "done": (body.vertices, body.faces),
        }.items():
            made = trimesh.Trimesh(points, corners, process=False)
            made.export(save / f"{case.mesh}_{case.name}_{label}.glb")
    done = "+".join(getattr(body, "done", ("filled",)))
    return Row(case.mesh, case.kind, case.name, scores, done, body.watertight, spent)


def _table(title: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    print(f"{title} ({len(rows)} cases)")
    base = statistics.mean(row.scores["nothing"].chamfer for row in rows)
    for method in ("nothing", "fill_holes", "built-in"):
        chamfer = statistics.mean(row.scores[method].chamfer for row in rows)
        iou = statistics.mean(row.scores[method].iou for row in rows)
        change = f"{100.0 * (chamfer / base - 1.0):+6.1f} %"
        print(f"  {method:<11} Chamfer {chamfer:.4f} ({change})  IoU {iou:.4f}")


def _by_mesh(rows: Sequence[Row]) -> None:
    print(f"{'mesh':<18} {'nothing':>8} {'built-in':>8} {'change':>9} {'IoU':>6} {'IoU':>6}")
    worst = []
    for name in dict.fromkeys(row.mesh for row in rows):
        own = [row for row in rows if row.mesh == name]
        before, after = (
            statistics.mean(row.scores[method].chamfer for row in own)
            for method in ("nothing", "built-in")
        )
        ious = [
            statistics.mean(row.scores[method].iou for row in own)
            for method in ("nothing", "built-in")
        ]
        change = 100.0 * (after / before - 1.0)
        worst.append((change, name))
        print(
            f"{name:<18} {before:8.4f} {after:8.4f} {change:+7.1f} % {ious[0]:6.3f} {ious[1]:6.3f}"
        )
    change, name = max(worst)
    print(f"the worst mesh: {name}, {change:+.1f} %")


def _told(row: Row) -> str:
    before, after = (row.scores[method] for method in ("nothing", "built-in"))
    change = 100.0 * (after.chamfer / max(before.chamfer, 1e-12) - 1.0)
    return (
        f"{row.mesh:<18} {row.name:<8} {before.chamfer:.4f} -> {after.chamfer:.4f} "
        f"({change:+6.1f} %)  IoU {before.iou:.3f} -> {after.iou:.3f}  {row.done:<16} "
        f"{'' if row.watertight else 'not watertight '}{row.cpu_s:.2f} s"
    )


def _chosen(options: argparse.Namespace) -> list[Path]:
    paths = sorted(
        (path for path in options.folder.iterdir() if path.suffix.lower() in SUFFIXES),
        key=lambda path: path.stem,
    )
    if options.half:
        paths = paths[0 if options.half == "dev" else 1 :: 2]
    if options.only:
        paths = [path for path in paths if path.stem in options.only.split(",")]
    return paths


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("dev", "test"))
    parser.add_argument("--only", help="names of meshes, with commas")
    parser.add_argument("--holes", type=int, default=2)
    parser.add_argument("--parts", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="also print every case")
    parser.add_argument("--save", type=Path, help="write the meshes as GLB")
    options = parser.parse_args(arguments)
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
    rows = []
    for path in _chosen(options):
        mesh = load(path)
        truth = Truth(mesh[0], mesh[1])
        for case in cases(path.stem, mesh, options.holes, options.parts):
            rows.append(measured(case, truth, options.save))
            if options.each:
                print(_told(rows[-1]), flush=True)
    if not rows:
        raise SystemExit(f"{options.folder} has no mesh to break")
    _by_mesh(rows)
    _table("holes", [row for row in rows if row.kind == "hole"])
    _table("parts", [row for row in rows if row.kind == "part"])
    _table("all", rows)
    print(
        f"CPU seconds a case: median {statistics.median(row.cpu_s for row in rows):.2f}, "
        f"most {max(row.cpu_s for row in rows):.2f}; "
        f"watertight {sum(row.watertight for row in rows)} of {len(rows)}"
    )


if __name__ == "__main__":
    main()
