"""What the network is shown of a thing in parts: points of the whole, of one part, and of that part in its own frame.

As upstream's script prepares it, with two differences: the thing is scaled into the network's cube first, and a point
of the whole belongs to the part it was taken from, which upstream finds by the nearest of other samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.neural import surface_points

# Upstream's: points a surface, and how large a part is drawn, so that what is missing has room around it.
POINTS = 20_480
HALF_SIDE, PART_SHARE = 0.95, 0.7


@dataclass(frozen=True)
class Frame:
    """Where the network's cube stands: place = cube x scale + centre."""

    centre: NDArray[np.float64]
    scale: float

    def inward(self, points: NDArray) -> NDArray[np.float64]:
        return np.asarray((points - self.centre) / self.scale)

    def outward(self, points: NDArray) -> NDArray[np.float64]:
        return np.asarray(points * self.scale + self.centre)


@dataclass(frozen=True)
class Conditions:
    """One part as the network sees it, float32: part (POINTS, 6) and local (POINTS, 6) are places and normals, whole
    (POINTS, 7) those of everything and 1 where they are of this part. `frame` is that of its own cube, in the whole's.
    """

    part: NDArray[np.float32]
    local: NDArray[np.float32]
    whole: NDArray[np.float32]
    frame: Frame


def frame_of(points: NDArray, half_side: float) -> Frame:
    """The frame in which points (n, 3) reach from -half_side to half_side along their longest side."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2.0
    return Frame(np.asarray((low + high) / 2.0, np.float64), half / half_side)


def of_parts(parts: Sequence[tuple[NDArray, NDArray]], frame: Frame, seed: int) -> list[Conditions]:
    """What is shown of each part. parts: vertices (n, 3) and faces (m, 3) of each; `frame` that of the whole.

    Raises NothingToModel for a part without area. The same seed gives the same points.
    """
    chance = np.random.default_rng(seed)
    inward = [(frame.inward(vertices), faces) for vertices, faces in parts]
    whole, owner = _whole(inward, chance)
    shown = []
    for index, (vertices, faces) in enumerate(inward):
        points = surface_points.sampled(vertices, faces, POINTS, chance)
        own = frame_of(points.places, HALF_SIDE * PART_SHARE)
        mine = (owner == index).astype(np.float32)
        shown.append(
            Conditions(
                part=np.hstack([points.places, points.normals]),
                local=np.hstack([own.inward(points.places), points.normals]).astype(np.float32),
                whole=np.hstack([whole.places, whole.normals, mine[:, None]]),
                frame=own,
            )
        )
    return shown


def _whole(
    parts: Sequence[tuple[NDArray, NDArray]], chance: np.random.Generator
) -> tuple[surface_points.SurfacePoints, NDArray[np.int64]]:
    """Points of all parts together, and the part (POINTS,) of each."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts[:-1])])
    faces = np.concatenate(
        [corners + start for (_, corners), start in zip(parts, starts, strict=True)]
    )
    vertices = np.concatenate([vertices for vertices, _ in parts])
    points = surface_points.sampled(vertices, faces, POINTS, chance)
    owner = np.repeat(np.arange(len(parts)), [len(corners) for _, corners in parts])
    return points, owner[points.face]
