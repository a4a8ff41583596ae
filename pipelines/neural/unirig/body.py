"""A mesh as upstream's data code wants it: few faces, Z up, and the way back to the client's frame.

Upstream has Blender for this, in a process of its own. That reads a mesh, turns it and simplifies it; we have done the
first before, and do the rest as it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fast_simplification
import numpy as np
from numpy.typing import NDArray

from pipelines.geometry import normals, weld

# Upstream's count.
MOST_FACES = 50_000
# Blender's axes in ours, a row each: its Z is up, and what faces us looks along its -Y.
_TO_BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True)
class Body:
    """vertices (n, 3), faces (m, 3), with their normals, float32, in Blender's axes and the client's unit."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int64]
    vertex_normals: NDArray[np.float32]
    face_normals: NDArray[np.float32]


def body_of(vertices: NDArray, faces: NDArray) -> Body:
    """The body of a client's mesh. Raises NothingToModel for one without area."""
    welded = weld.weld(vertices, faces)
    points, corners = welded.vertices @ _TO_BLENDER.T, welded.faces
    if len(corners) > MOST_FACES:
        simple, rows = fast_simplification.simplify(
            points.astype(np.float32), corners.astype(np.int32), target_count=MOST_FACES
        )
        again = weld.weld(simple, rows)
        points, corners = again.vertices, again.faces
    return Body(
        points.astype(np.float32),
        corners,
        np.asarray(normals.vertex_normals(points, corners), np.float32),
        np.asarray(normals.face_normals(points, corners), np.float32),
    )


def to_blender(points: NDArray) -> NDArray[np.float32]:
    return np.asarray(points @ _TO_BLENDER.T, np.float32)


def from_blender(points: NDArray) -> NDArray[np.float64]:
    return np.asarray(np.asarray(points, np.float64) @ _TO_BLENDER)


def transformed(
    body: Body,
    settings: Any,
    joints: NDArray | None = None,
    tails: NDArray | None = None,
    parents: Sequence[int | None] | None = None,
    names: Sequence[str] | None = None,
) -> Any:
    """Upstream's asset of a body, and of its joints where there are any, after the transform that it calls prediction:
    scaled to ±1, with points sampled."""
    from src.data.asset import Asset
    from src.data.raw_data import RawData
    from src.data.transform import TransformConfig, transform_asset

    raw = RawData(
        vertices=body.vertices.copy(),
        vertex_normals=body.vertex_normals.copy(),
        faces=body.faces.copy(),
        face_normals=body.face_normals.copy(),
        joints=joints,
        tails=tails,
        skin=None,
        no_skin=None,
        parents=None if parents is None else list(parents),
        names=None if names is None else list(names),
        matrix_local=None,
    )
    asset = Asset.from_raw_data(raw_data=raw, cls="articulationxl", path="", data_name="")
    transform_asset(
        asset=asset, transform_config=TransformConfig.parse(settings.predict_transform_config)
    )
    return asset


def outward(body: Body, asset: Any, points: NDArray) -> NDArray[np.float64]:
    """Points (n, 3) of the transformed asset, in the axes of the body: the transform moves and scales."""
    before, after = np.asarray(body.vertices, np.float64), np.asarray(asset.vertices, np.float64)
    scale = np.ptp(before, axis=0).max() / np.ptp(after, axis=0).max()
    return np.asarray((points - after.min(axis=0)) * scale + before.min(axis=0))
