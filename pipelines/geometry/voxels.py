"""A mesh as a solid of voxels, whether it is closed or not, and the graph of neighbouring voxels.

Knows no skeletons. Frame and unit are those of the mesh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

# Where the flood reaches more of what looks enclosed than this share, the surface leaks and directions are asked.
LEAK = 0.5
# Directions of six in which a voxel must see the surface to count as inside a leaking one.
VOTES = 5
# Pieces of a smaller share of the voxels are not linked to the rest: dust.
DUST = 0.002
# Bounds the work of what walks from voxel to voxel.
MOST_VOXELS = 100_000
_HALF = [
    (x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) > (0, 0, 0)
]


@dataclass(frozen=True)
class Solid:
    """inside (x, y, z) bool; origin (3,), the centre of voxel 0, and pitch in the unit of the mesh; depth (x, y, z),
    how far each voxel is from the outside, in voxels; index (x, y, z), its row in `points` (v, 3), or -1."""

    inside: NDArray[np.bool_]
    origin: NDArray[np.float64]
    pitch: float
    depth: NDArray[np.float64]
    index: NDArray[np.int64]
    points: NDArray[np.float64]

    def rows_at(self, points: NDArray) -> NDArray[np.int64]:
        """The row (k,) of the voxel at or nearest to each point (k, 3)."""
        return np.asarray(cKDTree(self.points).query(points)[1], np.int64)

    @cached_property
    def neighbours(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Pairs (p, 2) of touching voxels (26 neighbours), and their distance (p,) in the unit of the mesh.

        Pieces that do not touch are linked to the largest by their nearest voxels; dust is left alone.
        """
        found, spans = _touching(self)
        links = _links(self, found)
        gaps = np.linalg.norm(self.points[links[:, 0]] - self.points[links[:, 1]], axis=1)
        return np.concatenate([found, links]), np.concatenate([spans, gaps])


def _unheard() -> None:
    pass


def solid(
    vertices: NDArray,
    faces: NDArray,
    resolution: int,
    heard: Callable[[], None] = _unheard,
) -> Solid:
    """The voxels of a mesh, `resolution` along its longest side, or fewer for a bulky body, which needs no more.

    vertices (n, 3), faces (m, 3), in any unit. `heard` is called often; what it raises comes out.
    """
    body = _solid(vertices, faces, resolution, heard)
    if len(body.points) <= MOST_VOXELS:
        return body
    fewer = int(resolution * (MOST_VOXELS / len(body.points)) ** (1 / 3))
    return _solid(vertices, faces, fewer, heard)


def _solid(vertices: NDArray, faces: NDArray, resolution: int, heard: Callable[[], None]) -> Solid:
    used = vertices[np.unique(faces)]
    low, high = used.min(axis=0), used.max(axis=0)
    pitch = float((high - low).max()) / resolution
    origin = low - 1.5 * pitch
    shape = np.ceil((high - low) / pitch).astype(int) + 4
    shell = np.zeros(shape, bool)
    for points in _samples(vertices, faces, 0.7 * pitch):
        shell[tuple(np.round((points - origin) / pitch).astype(int).T)] = True
        heard()
    inside = shell | _enclosed(shell)
    rows = np.argwhere(inside)
    index = np.full(inside.shape, -1, np.int64)
    index[tuple(rows.T)] = np.arange(len(rows))
    depth = ndimage.distance_transform_edt(inside)
    return Solid(inside, origin, pitch, depth, index, origin + rows * pitch)


def _samples(vertices: NDArray, faces: NDArray, step: float) -> list[NDArray[np.float64]]:
    """Points on the faces, no two neighbours farther apart than `step`, in groups of faces of like size."""
    triangle = vertices[faces]
    sides = np.linalg.norm(triangle - np.roll(triangle, -1, axis=1), axis=2).max(axis=1)
    counts = np.maximum(1, np.ceil(sides / step)).astype(int)
    counts = np.where(counts > 8, 2 ** np.ceil(np.log2(counts)).astype(int), counts)
    groups = []
    for count in np.unique(counts):
        i, j = np.meshgrid(np.arange(count + 1), np.arange(count + 1), indexing="ij")
        keep = i + j <= count
        weights = np.stack([i[keep], j[keep], count - i[keep] - j[keep]], axis=1) / count
        group = triangle[counts == count]
        rows = max(1, 2_000_000 // len(weights))  # bounds the memory of one step
        for start in range(0, len(group), rows):
            groups.append((weights @ group[start : start + rows]).reshape(-1, 3))
    return groups


def _enclosed(shell: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What the shell encloses: what no flood from outside reaches; where it leaks, what most directions say."""
    pieces, _ = ndimage.label(~shell)
    flooded = (pieces != pieces[0, 0, 0]) & ~shell
    votes = np.zeros(shell.shape, np.int8)
    for axis in range(3):
        votes += np.logical_or.accumulate(shell, axis=axis)
        votes += np.flip(np.logical_or.accumulate(np.flip(shell, axis), axis=axis), axis)
    seen = (votes >= VOTES) & ~shell
    leaks = flooded.sum() < LEAK * seen.sum() and not _looks_hollow(flooded, seen)
    return seen if leaks else flooded


def _looks_hollow(flooded: NDArray[np.bool_], seen: NDArray[np.bool_]) -> bool:
    """Whether the flood found the bulk of a closed body and `seen` only adds bays between its limbs."""
    deepest = ndimage.distance_transform_edt(seen & ~flooded).max(initial=0.0)
    return bool(ndimage.distance_transform_edt(flooded).max(initial=0.0) > deepest)


def _touching(body: Solid) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    pairs, spans = [], []
    for move in _HALF:
        shape = body.index.shape
        here = tuple(slice(max(0, -m), s - max(0, m)) for m, s in zip(move, shape, strict=True))
        there = tuple(slice(max(0, m), s - max(0, -m)) for m, s in zip(move, shape, strict=True))
        one, other = body.index[here].reshape(-1), body.index[there].reshape(-1)
        both = (one >= 0) & (other >= 0)
        pairs.append(np.stack([one[both], other[both]], axis=1))
        spans.append(np.full(int(both.sum()), body.pitch * float(np.sqrt(np.abs(move).sum()))))
    return np.concatenate(pairs), np.concatenate(spans)


def graph_of(pairs: NDArray, weight: NDArray, size: int) -> sparse.csr_matrix:
    """The pairs (p, 2) with weights (p,) as a symmetric sparse matrix (size, size)."""
    one = sparse.coo_matrix((weight, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    return one + one.T


def _links(body: Solid, pairs: NDArray) -> NDArray[np.int64]:
    size = len(body.points)
    count, piece = csgraph.connected_components(graph_of(pairs, np.ones(len(pairs)), size))
    if count == 1:
        return np.zeros((0, 2), np.int64)
    sizes = np.bincount(piece)
    joined = piece == sizes.argmax()
    links = []
    for number in np.argsort(-sizes, kind="stable")[1:]:
        if sizes[number] < DUST * size:
            break
        own, others = np.flatnonzero(piece == number), np.flatnonzero(joined)
        away, near = cKDTree(body.points[others]).query(body.points[own])
        links.append((own[away.argmin()], others[near[away.argmin()]]))
        joined |= piece == number
    return np.asarray(links, np.int64).reshape(-1, 2)
