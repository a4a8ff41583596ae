"""A picture of an object on a body of its own shape: laid outline to outline, and only on what an eye in front sees.

Surfaces that look forward but are hidden take the colours of the nearest that are seen; what looks back takes a
softened mirror of the picture. Knows points, normals and triangles; does not know texels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import outline_fit, raster
from pipelines.geometry.lookup import sample
from pipelines.geometry.remembered import Memory
from pipelines.geometry.views import Box

# Pixels across the depth picture, and how far behind the nearest surface a point still counts as seen, as a share of
# the longest side: a slope of 6 to 1 spans that in a pixel.
DEPTH_PX, DEPTH_SLACK = 384, 0.02
# Colours that hidden places may take.
REMEMBERED = 12_000
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

    def places(
        self, points: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where points (n, 3) m lie, right and down: two (n,) in 0..1. As `Box.to_picture`, in float32 alone."""
        x, y = self.box.centre[:2] / self.box.size[:2]
        across, up = np.float32(1.0) / self.box.size[:2].astype(np.float32)
        right = points[:, 0] * across + np.float32(0.5 - x)
        return right, np.float32(0.5 + y) - points[:, 1] * up

    def sees(
        self, ahead: NDArray[np.float32], across: NDArray[np.float32], down: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Which points are not hidden: z (n,) m, and their places (n,) and (n,) in the view, in 0..1."""
        size = len(self.depth)
        column, row = (
            np.clip(place * np.float32(size), 0, size - 1).astype(np.int32)
            for place in (across, down)
        )
        nearest = np.take(self._lenient, row * size + column)
        slack = float(self.box.size.max()) * DEPTH_SLACK
        return np.asarray(ahead >= nearest - np.float32(slack))

    @cached_property
    def _lenient(self) -> NDArray[np.float32]:
        """The depth, row after row, from which on a place is seen. At a step in depth the farther side counts: its rim
        is seen as much as its middle."""
        known = np.where(self.mask, self.depth, np.float32(np.inf))
        return np.asarray(cv2.erode(known, np.ones((3, 3), np.uint8)), np.float32).reshape(-1)


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
    memory: Memory
    nearest: bool = False

    def colours(
        self, points: NDArray[np.float32], normals: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """points (n, 3), unit normals (n, 3) -> RGB (n, 3) float32 in 0..255."""
        share = np.clip((normals[:, 2] - EDGE_ON) / (FULL_ON - EDGE_ON), 0.0, 1.0)
        across, down = self.view.places(points)
        hidden = ~self.view.sees(points[:, 2], across, down)
        hidden &= share > 0.0
        across, down = moved(across, down, self.way)
        front = sample(self.front, across, down, nearest=self.nearest)
        places = np.flatnonzero(hidden)
        if len(places):
            front[places] = self.memory.colours(points[places])
        if share.min(initial=1.0) == 1.0:
            return front
        back = sample(self.back, np.float32(1.0) - across, down, nearest=self.nearest)
        # Numpy is slow along rows of three.
        mixed = cv2.blendLinear(front[None], back[None], share[None], (1.0 - share)[None])
        return np.asarray(mixed[0], np.float32)


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


def moved(
    across: NDArray[np.float32], down: NDArray[np.float32], way: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places (n,) and (n,) in 0..1, right and down, moved by a field (p, p, 2)."""
    right, below = sample(way, across, down).T
    return across + right, down + below


def _memory(view: FrontView, front: NDArray[np.uint8], way: NDArray[np.float32]) -> Memory:
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
    across, down = places.T.astype(np.float32)
    colours = sample(front, *moved(across, down, way))
    return Memory.of(points, colours, centre - extent / 2.0, extent)
