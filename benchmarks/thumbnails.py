"""CPU seconds of the thumbnail of large meshes, from GLB to WebP, each in a process of its own as a worker's first.

python benchmarks/thumbnails.py [--million-faces 2] [--runs 3]
Makes its meshes: a torus, two tori one within the other, sixty balls that pass through each other, a lattice of thin
bars, a noisy scan, the scan with its vertices and faces in no order, and triangles that share no vertices. The limit is
0.5 s on two idle cores; never a pass or a fail. The pace, seconds of a fixed loop, tells what company the machine has.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 0.5
Mesh = tuple[NDArray, NDArray]
_CHILD = """
import json, sys, time
from pathlib import Path
from pipelines.geometry import thumbnail
began = time.process_time()
thumbnail.write(Path(sys.argv[1]), Path(sys.argv[2]))
took, began = time.process_time() - began, time.process_time()
total = 0
for number in range(1_000_000):
    total += number
# getrusage would tell of the process that started this one.
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps([took, time.process_time() - began, peak]))
"""


def rolled(rows: int, columns: int, place: Callable[[NDArray, NDArray], NDArray]) -> Mesh:
    """A sheet that is closed both ways, its points placed by two angles: about 2 rows x columns faces."""
    row, column = (axis.ravel() for axis in np.indices((rows, columns)))
    points = place(row / rows * 2 * np.pi, column / columns * 2 * np.pi)
    a, b = row * columns + column, (row + 1) % rows * columns + column
    right = (column + 1) % columns
    c, d = (row + 1) % rows * columns + right, row * columns + right
    return points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def torus(faces: int, large: float = 1.0, small: float = 0.4) -> Mesh:
    def place(u: NDArray, v: NDArray) -> NDArray:
        out = large + small * np.cos(v)
        return np.stack([out * np.cos(u), out * np.sin(u), small * np.sin(v)], 1)

    side = round((faces / 4) ** 0.5)
    return rolled(2 * side, side, place)


def scan(faces: int) -> Mesh:
    """A torus with waves and the noise of a scanner."""
    points, corners = torus(faces)
    rng = np.random.default_rng(0)
    waves = 1.0 + 0.05 * np.sin(7 * points[:, :1]) * np.cos(9 * points[:, 1:2])
    return points * waves + rng.normal(0.0, 5e-4, points.shape), corners


def shuffled(faces: int) -> Mesh:
    points, corners = scan(faces)
    rng = np.random.default_rng(1)
    order = rng.permutation(len(points))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return points[order], rng.permutation(place[corners])


def joined(parts: list[Mesh]) -> Mesh:
    starts = np.cumsum([0, *(len(points) for points, _ in parts)])
    corners = [faces + start for (_, faces), start in zip(parts, starts[:-1], strict=True)]
    return np.concatenate([points for points, _ in parts]), np.concatenate(corners)


def rings(faces: int) -> Mesh:
    """Sixty tori in each other's way."""
    rng = np.random.default_rng(2)
    each = [torus(faces // 60, 0.2, 0.12) for _ in range(60)]
    return joined([(points + rng.uniform(-1, 1, 3), corners) for points, corners in each])


def lattice(faces: int) -> Mesh:
    """Bars along all three axes, a hundredth as thick as long."""
    along = max(3, faces // (2 * 8 * 3 * 49))

    def place(u: NDArray, v: NDArray) -> NDArray:
        return np.stack([0.01 * np.cos(u), 0.01 * np.sin(u), v / np.pi - 1.0], 1)

    bar, corners = rolled(8, along, place)
    corners = corners[np.ptp(bar[corners][:, :, 2], axis=1) < 1.0]  # not from end to end
    places = np.linspace(-1, 1, 7)
    return joined(
        [
            (np.roll(bar + np.array([x, y, 0.0]), axis, axis=1), corners)
            for axis in range(3)
            for x in places
            for y in places
        ]
    )


def loose(faces: int) -> Mesh:
    points, corners = torus(faces)
    return points[corners].reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3)


KINDS: dict[str, Callable[[int], Mesh]] = {
    "torus": torus,
    "two tori, one within": lambda faces: joined([torus(faces // 2), torus(faces // 2, 1.0, 0.3)]),
    "sixty rings": rings,
    "lattice of thin bars": lattice,
    "noisy scan": scan,
    "the scan in no order": shuffled,
    "no shared vertices": loose,
}


def measured(path: Path, runs: int) -> tuple[float, float, float]:
    """The least CPU seconds of the thumbnail, the pace in that run, and the most MiB that the process held."""
    command = [sys.executable, "-c", _CHILD, str(path), str(path.with_suffix(".webp"))]
    rows = [
        json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
        for _ in range(runs)
    ]
    return min((row[0], row[1], row[2]) for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million-faces", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    from pipelines.geometry import glb
    from pipelines.geometry.normals import vertex_normals

    print(f"{'mesh':24s}{'faces':>11s}{'MB':>7s}{'CPU s':>8s}{'pace':>7s}{'MiB':>6s}")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in KINDS.items():
            points, faces = make(round(args.million_faces * 1e6))
            path = Path(folder) / "mesh.glb"
            size = glb.write(path, points, faces, vertex_normals(points, faces))
            took_s, pace_s, peak_mib = measured(path, args.runs)
            over = "  over the limit" if took_s > LIMIT_S else ""
            print(
                f"{name:24s}{len(faces):11,}{size / 1e6:7.0f}{took_s:8.2f}{pace_s:7.3f}{peak_mib:6.0f}{over}"
            )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.path.insert(0, str(ROOT))
    main()
