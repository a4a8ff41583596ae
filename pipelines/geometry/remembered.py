"""Colours for places of a body that no picture shows: of those nearest to them that are seen, mixed by distance.

Shepard's weights, asked for on a lattice and mixed between its nodes: a texture has millions of texels, and what they
take changes slowly. Knows points and colours; does not know pictures, triangles or texels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry.lookup import between

# Of how many known places each node is mixed, and how far apart they count as one, as a share of the longest side.
MIXED, ROUNDED = 6, 0.01
# Nodes along the longest side, less one: about as close as the known places are.
STEPS = 80
CORNERS = np.array([(x, y, z) for z in (0, 1) for y in (0, 1) for x in (0, 1)])


@dataclass(frozen=True)
class Memory:
    """Known colours around a body, by place. nodes (z * y, x, 3) float32 has the layers of the lattice one below the
    other; they are found when first asked for. low (3,) m is its first node, step m the way to the next."""

    tree: cKDTree
    known: NDArray[np.float32]
    low: NDArray[np.float32]
    step: float
    shape: tuple[int, int, int]
    nodes: NDArray[np.float32]
    found: NDArray[np.bool_]
    cells: NDArray[np.bool_]

    @classmethod
    def of(
        cls, points: NDArray, colours: NDArray[np.float32], low: NDArray, size: NDArray
    ) -> Memory:
        """Known points (k, 3) m and their colours (k, 3), in a box of `size` (3,) m from `low` (3,) on."""
        step = float(np.max(size)) / STEPS
        # A node beyond each border: places on the border lie in a cell too.
        x, y, z = (np.ceil(np.asarray(size) / step).astype(np.int64) + 2).tolist()
        first = np.asarray(low, np.float32)
        nodes = np.zeros((z * y, x, 3), np.float32)
        flags = np.zeros(z * y * x, bool), np.zeros(z * y * x, bool)
        return cls(cKDTree(points), colours, first, step, (x, y, z), nodes, *flags)

    def colours(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """RGB (n, 3) for points (n, 3) m; those outside the box take its border's."""
        scale = np.float32(1.0 / self.step)
        x, y, z = (
            np.clip((points[:, axis] - low) * scale, 0.0, np.float32(many - 1.001))
            for axis, (low, many) in enumerate(zip(self.low, self.shape, strict=True))
        )
        layer = z.astype(np.int32)
        rows = self.shape[1]
        self._find((layer * rows + y.astype(np.int32)) * self.shape[0] + x.astype(np.int32))
        z -= layer
        y += layer * np.float32(rows)
        near, far = between(self.nodes, x, y), between(self.nodes, x, y + np.float32(rows))
        # Numpy is slow along rows of three.
        mixed = cv2.blendLinear(far[None], near[None], z[None], (np.float32(1.0) - z)[None])
        return np.asarray(mixed[0], np.float32)

    def _find(self, cell: NDArray[np.int32]) -> None:
        """Fill the nodes around cells (n,), named by their first node, that have none yet."""
        x, y, _ = self.shape
        new = np.unique(cell[~np.take(self.cells, cell)])
        if not len(new):
            return
        self.cells[new] = True
        corners = (CORNERS[:, 2] * y + CORNERS[:, 1]) * x + CORNERS[:, 0]
        wanted = np.unique(new[:, None] + corners)
        wanted = wanted[~self.found[wanted]]
        if not len(wanted):
            return
        self.found[wanted] = True
        place = np.stack([wanted % x, wanted // x % y, wanted // (x * y)], axis=1)
        self.nodes.reshape(-1, 3)[wanted] = self._mixed(self.low + place * self.step)

    def _mixed(self, points: NDArray) -> NDArray[np.float32]:
        distance, index = self.tree.query(points, k=min(MIXED, len(self.known)))
        distance, index = distance.reshape(len(points), -1), index.reshape(len(points), -1)
        weight = 1.0 / (distance**2 + (ROUNDED * STEPS * self.step) ** 2)
        weight /= weight.sum(1, keepdims=True)
        return np.einsum("nk,nkc->nc", weight, self.known[index]).astype(np.float32)
