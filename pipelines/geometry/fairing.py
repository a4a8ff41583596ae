"""New points of a surface laid smoothly between the old ones: least bending (thin plate) by a sparse linear system.

The weights are one over the length of an edge (the scale-dependent umbrella of Desbrun and others, 1999), which does
not mind that old faces are long where new ones are short.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

# How far least bending may carry a point from the tightest surface, as a share of the rim's size.
MOST_BULGE = 0.5


def lay_smoothly(
    vertices: NDArray, faces: NDArray, free: NDArray, size: float
) -> NDArray[np.float64]:
    """Move the free vertices: first to the tightest surface, then to the one that bends least where it meets the rest.

    vertices (n, 3), faces (m, 3) with at least one ring of faces round the free vertices (n,) bool; size is that of the
    opening in the same unit. Returns vertices (n, 3).
    """
    tight = _solved(_umbrella(vertices, faces, even=True), vertices, free, bending=False)
    bent = _solved(_umbrella(tight, faces, even=False), tight, free, bending=True)
    offset = bent - tight
    length = np.linalg.norm(offset, axis=1, keepdims=True)
    shrink = np.minimum(1.0, MOST_BULGE * size / np.maximum(length.max(), 1e-300))
    return tight + offset * shrink


def lay_tight(vertices: NDArray, faces: NDArray, free: NDArray) -> NDArray[np.float64]:
    """Move the free vertices (n,) bool to the tightest surface: flat where the rim is flat."""
    return _solved(_umbrella(vertices, faces, even=True), vertices, free, bending=False)


def _umbrella(vertices: NDArray, faces: NDArray, *, even: bool) -> sparse.csr_matrix:
    """The sum (n, n) of differences to neighbours, each weighted by 1 or by one over the edge's length."""
    ends = np.unique(np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1), axis=0)
    length = np.linalg.norm(vertices[ends[:, 0]] - vertices[ends[:, 1]], axis=1)
    floor = max(float(np.median(length)) * 1e-3, 1e-300)
    weight = np.ones(len(ends)) if even else 1.0 / np.maximum(length, floor)
    size = len(vertices)
    matrix = sparse.coo_matrix((weight, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
    matrix = matrix + matrix.T
    return sparse.diags(np.asarray(matrix.sum(axis=1)).reshape(-1)) - matrix


def _solved(
    umbrella: sparse.csr_matrix, vertices: NDArray, free: NDArray, *, bending: bool
) -> NDArray[np.float64]:
    """The vertices with the free ones where the umbrella (or its square, for bending) has least energy."""
    if not free.any():
        return np.asarray(vertices, np.float64)
    if bending:
        near = free | (np.asarray(abs(umbrella) @ free).reshape(-1) > 0)
        rows = umbrella[near]
        rows = sparse.diags(1.0 / umbrella.diagonal()[near]) @ rows
        energy = (rows.T @ rows).tocsr()
    else:
        energy = umbrella
    inner, outer = energy[free][:, free], energy[free][:, ~free]
    moved = np.array(vertices, np.float64)
    moved[free] = np.asarray(spsolve(inner.tocsc(), -(outer @ moved[~free]))).reshape(-1, 3)
    return moved
