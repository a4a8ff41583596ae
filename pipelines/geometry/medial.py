"""The medial paths of a solid: from a root inside it to the tip of each limb (after TEASAR, Sato and others, 2000).

Every path is a way in one tree of cheapest ways from the root, so paths that meet stay together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from pipelines.geometry.voxels import Solid, graph_of

# How much dearer a way is along the skin than along the ridge of depth.
RIDGE_COST = 40.0
# A path stands for all voxels within this many times its own depth.
TUBE = 1.6
# and within this share of the longest side: a cape is no comb of limbs.
THINNEST_TUBE = 0.06
# A limb stands out of the ball round its joint by this share of the longest side, and of that ball's radius: the corner
# of a cube does by .73.
SHORTEST_LIMB = 0.06
STANDS_OUT = 0.9
MOST_TIPS = 24


@dataclass(frozen=True)
class Tree:
    """Voxels as points (v, 3), `pitch` apart; the voxel before each on its way from the root (v,), -1 for the root and
    what it does not reach; depth (v,), its distance from the outside, and length (v,), that of its way, in the unit of
    the mesh; tips, the ends of limbs, farthest first."""

    points: NDArray[np.float64]
    before: NDArray[np.int64]
    depth: NDArray[np.float64]
    length: NDArray[np.float64]
    root: int
    tips: tuple[int, ...]
    pitch: float

    @property
    def size(self) -> float:
        """The largest side of the body's box."""
        return float(np.ptp(self.points, axis=0).max())

    def way(self, voxel: int) -> list[int]:
        """The voxels from the root to this one."""
        rows = [voxel]
        while self.before[rows[-1]] >= 0:
            rows.append(int(self.before[rows[-1]]))
        return rows[::-1]


def _unheard() -> None:
    pass


def tree(body: Solid, heard: Callable[[], None] = _unheard) -> Tree:
    """The medial tree of a solid. `heard` is called often; what it raises comes out."""
    pairs, spans = body.neighbours
    size = len(body.points)
    rows = tuple(np.argwhere(body.inside).T)
    depth = body.depth[rows]
    ridge = ndimage.maximum_filter(body.depth, size=7)[rows]
    off_ridge = 1.0 - depth / np.maximum(ridge, 1e-9)
    cost = spans * (1.0 + RIDGE_COST * (off_ridge[pairs].mean(axis=1)) ** 2)
    root = _root(body.points, depth)
    _, before = csgraph.dijkstra(
        graph_of(pairs, cost, size), indices=root, return_predecessors=True
    )
    heard()
    length = csgraph.dijkstra(graph_of(pairs, spans, size), indices=root)
    heard()
    before = np.where(before < 0, -1, before).astype(np.int64)
    found = Tree(body.points, before, depth * body.pitch, length, root, (), body.pitch)
    tips = _tips(found, body, heard)
    return Tree(body.points, before, found.depth, length, root, tips, body.pitch)


def _root(points: NDArray, depth: NDArray) -> int:
    """A thick place near the centre of mass."""
    away = np.linalg.norm(points - points.mean(axis=0), axis=1)
    return int((away / away.max() - 0.5 * depth / depth.max()).argmin())


def _tips(found: Tree, body: Solid, heard: Callable[[], None]) -> tuple[int, ...]:
    shortest = SHORTEST_LIMB * float(np.ptp(body.points, axis=0).max())
    reached = np.isfinite(found.length)
    free = reached.copy()
    on_tree = np.zeros(len(found.points), bool)
    tips: list[int] = []
    _cover(found, np.array([found.root]), free, body)
    on_tree[found.root] = True
    while free.any() and len(tips) < MOST_TIPS:
        heard()
        tip = int(np.where(free, found.length, -1.0).argmax())
        way = found.way(tip)
        fresh = [voxel for voxel in way if not on_tree[voxel]]
        joint = way[len(way) - len(fresh) - 1]
        _cover(found, np.asarray(fresh), free, body)
        stands_out = np.linalg.norm(found.points[tip] - found.points[joint]) - found.depth[joint]
        if stands_out >= max(shortest, STANDS_OUT * found.depth[joint]):
            tips.append(tip)
            on_tree[fresh] = True
    return tuple(tips)


def _cover(found: Tree, path: NDArray, free: NDArray, body: Solid) -> None:
    """Take the voxels within the tube round a path off `free` (v,)."""
    todo = np.flatnonzero(free)
    if len(todo) == 0:
        return
    thinnest = THINNEST_TUBE * float(np.ptp(body.points, axis=0).max())
    reach = np.maximum(TUBE * found.depth[path] + 2.0 * body.pitch, thinnest)
    away, near = cKDTree(found.points[path]).query(found.points[todo])
    free[todo[away <= reach[near]]] = False
    free[path] = False
