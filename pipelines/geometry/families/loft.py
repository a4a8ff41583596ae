"""Solids spanned between outlines: swept along a path, or a plate with bevelled edges.

Frame as in `forms`: Y up, front to +Z, metres. All are closed by construction.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manifold3d import Error, Manifold, Mesh, triangulate
from numpy.typing import NDArray

from pipelines.geometry.families.curves import Pair, Triple, frames

# A mitre is cut where an outline turns more sharply than this share of a straight angle.
SHARPEST_MITRE = 0.25
# Rings that round a swept solid's ends, as angles from its side to its tip.
END_TURNS = np.radians([85.0, 60.0, 30.0])


def loft(rings: NDArray[np.float64], caps: NDArray | None = None) -> Manifold:
    """A solid through rings (k, m, 3), each counter-clockwise about the way on. `caps` (t, 3) are triangles of a ring.

    Without caps the last ring joins the first. Raises ValueError if that is no solid.
    """
    k, m = rings.shape[:2]
    rows = np.arange(k if caps is None else k - 1)
    a = (rows[:, None] * m + np.arange(m)).ravel()
    b = (rows[:, None] * m + (np.arange(m) + 1) % m).ravel()
    c, d = (b + m) % (k * m), (a + m) % (k * m)
    faces = [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    if caps is not None:
        faces += [caps[:, ::-1], caps + (k - 1) * m]
    mesh = Mesh(rings.reshape(-1, 3).astype(np.float32), np.concatenate(faces).astype(np.uint32))
    solid = Manifold(mesh)
    if solid.status() != Error.NoError:
        raise ValueError(f"no solid through {k} rings of {m}: {solid.status()}")
    return solid


def swept(
    path: Sequence[Triple],
    outline: Sequence[Pair],
    scale: Sequence[float] | NDArray[np.float64],
    *,
    up: Triple = (0, 1, 0),
    closed: bool = False,
    round_ends: float = 0.0,
) -> Manifold:
    """An outline of (along up, across) drawn along a path (n points), times scale (n,) on the way.

    `round_ends` is the radius by which the ends bulge.
    """
    line, size = np.asarray(path, np.float64), np.asarray(scale, np.float64)
    first, other = frames(line, up, closed=closed)
    flat = np.asarray(outline, np.float64)
    rings = line[:, None] + size[:, None, None] * (
        flat[:, :1] * first[:, None] + flat[:, 1:] * other[:, None]
    )
    if closed:
        return loft(rings)
    if round_ends > 0:
        start, stop = (
            _bulge(rings[i], line[i], line[j], round_ends) for i, j in ((0, 1), (-1, -2))
        )
        rings = np.concatenate([start, rings, stop[::-1]])
    return loft(rings, np.asarray(triangulate([flat]), np.int64))


def _bulge(ring: NDArray, middle: NDArray, inward: NDArray, radius: float) -> NDArray:
    """Rings (3, m, 3), the outermost first, that round off an end."""
    out = (middle - inward) / np.linalg.norm(middle - inward)
    reach = radius * np.linalg.norm(ring - middle, axis=1).max()
    return np.stack(
        [middle + (ring - middle) * np.cos(t) + out * reach * np.sin(t) for t in END_TURNS]
    )


def stacked(levels: Sequence[tuple[float, Sequence[Pair]]]) -> Manifold:
    """A solid through (height, outline of (x, z)), from below to above; the outlines have as many corners."""
    first = np.asarray(levels[0][1], np.float64)
    turn = 1 if _area(first) < 0 else -1  # z points down where x is to the right and y comes up
    rings = [[(x, y, z) for x, z in flat][::turn] for y, flat in levels]
    return loft(np.array(rings), np.asarray(triangulate([first[::turn] * (1, -1)]), np.int64))


def bevelled(outline: Sequence[Pair], thickness: float, inset: float, drop: float) -> Manifold:
    """An outline of (x, y) made `thickness` deep about z = 0; its edges lose `inset` across and `drop` in depth."""
    flat = np.asarray(outline, np.float64)
    if _area(flat) < 0:
        flat = flat[::-1]
    small, half = _inset(flat, inset), thickness / 2
    levels = [(small, -half), (flat, drop - half), (flat, half - drop), (small, half)]
    if half - drop < thickness * 1e-3:
        levels = [levels[0], (flat, 0.0), levels[3]]
    rings = np.stack([np.column_stack([row, np.full(len(row), z)]) for row, z in levels])
    return loft(rings, np.asarray(triangulate([small]), np.int64))


def _area(flat: NDArray[np.float64]) -> float:
    x, y = flat[:, 0], flat[:, 1]
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _inset(flat: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    """A counter-clockwise outline (n, 2) moved inwards by `by`, corner by corner."""
    edge = np.roll(flat, -1, 0) - flat
    edge /= np.linalg.norm(edge, axis=1, keepdims=True)
    normal = np.column_stack([edge[:, 1], -edge[:, 0]])
    before = np.roll(normal, 1, 0)
    turn = np.maximum(1 + (normal * before).sum(1), SHARPEST_MITRE)
    return flat - by * (normal + before) / turn[:, None]
