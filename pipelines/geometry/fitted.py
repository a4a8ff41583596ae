"""A picture of an object on a body of its own shape: laid outline to outline, and only on what an eye in front sees.

Surfaces that look forward but are hidden take the colours of the nearest that are seen; what looks back takes a
softened mirror of the picture. Knows points, normals and triangles; does not know texels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.geometry import outline_fit, raster
from pipelines.geometry.project import sample
from pipelines.geometry.views import Box

# Pixels across the depth picture, and how far behind the nearest surface a point still counts as seen, as a share of
# the longest side: a slope of 6 to 1 spans that in a pixel.
DEPTH_PX, DEPTH_SLACK = 384, 0.02
# Colours that hidden places may take, and of how many of them each is mixed.
REMEMBERED, MIXED = 12_000, 6
# Share of the front at a facing: half at 0.06, all from 0.3 on.
EDGE_ON, FULL_ON = -0.18, 0.3


@dataclass(frozen=True)
class FrontView:
    """What an eye before a body sees. depth (s, s) float32: z of the nearest surface, -inf for none; mask likewise."""

    box: Box
    depth: NDArray[np.float32]

    @property
    def mask(self) -> NDArray[np.bool_]:
        return np.isfinite(self.depth)

    def sees(self, points: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of points (n, 3) at places (n, 2) are not hidden."""
        size = len(self.depth)
        pixel = np.clip((places * size).astype(np.int64), 0, size - 1)
        # At a step in depth the farther side counts: its rim is seen as much as its middle.
        nearest = self._lenient()[pixel[:, 1], pixel[:, 0]]
        slack = float(self.box.size.max()) * DEPTH_SLACK
        return np.asarray(points[:, 2] >= nearest - slack)

    def _lenient(self) -> NDArray[np.float32]:
        known = np.where(self.mask, self.depth, np.float32(np.inf))
        return np.asarray(cv2.erode(known, np.ones((3, 3), np.uint8)))


def front_view(corners: NDArray, box: Box) -> FrontView:
    """The view of triangles (m, 3, 3) in `box` from +Z."""
    flat = box.to_picture(corners.reshape(-1, 3), "image").reshape(-1, 3, 2) * DEPTH_PX
    high = box.centre[2] + box.size[2] / 2.0
    ahead = ((high - corners[..., 2]) / box.size[2]).astype(np.float32)
    screen = np.dstack([flat, ahead]).astype(np.float32)
    seen = raster.seen_faces(screen, DEPTH_PX)
    rows, columns = np.nonzero(seen >= 0)
    face = seen[rows, columns]
    share = raster.weights(screen, face, columns.astype(np.float32), rows.astype(np.float32))
    depth = np.full(seen.shape, -np.inf, np.float32)
    depth[rows, columns] = (share * corners[face, :, 2]).sum(1)
    return FrontView(box, depth)


@dataclass(frozen=True)
class Fitted:
    """Colours of points of a body. front and back (h, w, 3) uint8: the picture, and what stands for its back, mirrored;
    way (p, p, 2) as of `outline_fit.fit`; nearest takes pixels unmixed."""

    front: NDArray[np.uint8]
    back: NDArray[np.uint8]
    view: FrontView
    way: NDArray[np.float32]
    memory: tuple[cKDTree, NDArray[np.float32]]
    nearest: bool = False

    def colours(
        self, points: NDArray[np.float32], normals: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """points (n, 3), unit normals (n, 3) -> RGB (n, 3) float32 in 0..255."""
        places = self.view.box.to_picture(points, "image")
        fitted = moved(places, self.way)
        facing = normals[:, 2]
        share = np.clip((facing - EDGE_ON) / (FULL_ON - EDGE_ON), 0.0, 1.0)
        visible = self.view.sees(points, places)
        colours = sample(self.front, fitted, nearest=self.nearest)
        hidden = np.flatnonzero(~visible & (share > 0.0))
        if len(hidden):
            colours[hidden] = self._remembered(points[hidden])
        behind = np.flatnonzero(share < 1.0)
        if len(behind):
            mirrored = fitted[behind]
            mirrored[:, 0] = 1.0 - mirrored[:, 0]
            back = sample(self.back, mirrored, nearest=self.nearest)
            colours[behind] += (back - colours[behind]) * (1.0 - share[behind, None])
        return colours

    def _remembered(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        tree, known = self.memory
        distance, index = tree.query(points, k=min(MIXED, len(known)))
        distance, index = distance.reshape(len(points), -1), index.reshape(len(points), -1)
        weight = 1.0 / (distance**2 + (0.01 * float(self.view.box.size.max())) ** 2)
        weight /= weight.sum(1, keepdims=True)
        return np.einsum("nk,nkc->nc", weight, known[index]).astype(np.float32)


def fitted(
    mask: NDArray[np.bool_],
    view: FrontView,
    *,
    front: NDArray[np.uint8],
    back: NDArray[np.uint8],
    nearest: bool = False,
) -> Fitted:
    """A cut-out with outline mask (h, w) laid on what is seen; front and back: its pictures in the style asked for."""
    way = outline_fit.fit(view.mask, mask)
    return Fitted(front, back, view, way, _memory(view, front, way), nearest)


def moved(places: NDArray[np.float32], way: NDArray[np.float32]) -> NDArray[np.float32]:
    """Places (n, 2) in 0..1 moved by a field (p, p, 2)."""
    return np.asarray(places + sample(way, places), np.float32)


def _memory(
    view: FrontView, front: NDArray[np.uint8], way: NDArray[np.float32]
) -> tuple[cKDTree, NDArray[np.float32]]:
    """Some seen points of the surface and their colours."""
    rows, columns = np.nonzero(view.mask)
    step = max(1, len(rows) // REMEMBERED)
    rows, columns = rows[::step], columns[::step]
    size = len(view.depth)
    places = (np.stack([columns, rows], 1) + 0.5) / size
    centre, extent = view.box.centre, view.box.size
    points = np.stack(
        [
            centre[0] + (places[:, 0] - 0.5) * extent[0],
            centre[1] + (0.5 - places[:, 1]) * extent[1],
            view.depth[rows, columns],
        ],
        axis=1,
    )
    colours = sample(front, moved(places.astype(np.float32), way))
    return cKDTree(points), colours
