"""Scales to ±1; the samples are the vertices."""

import numpy as np

from src.data import vertex_group
from src.record import record

# The first random number of the last run: it tells its seed.
drawn = [0.0]


class TransformConfig:
    @staticmethod
    def parse(config):
        return config


def transform_asset(asset, transform_config):
    low, high = asset.vertices.min(axis=0), asset.vertices.max(axis=0)
    drawn[0] = float(np.random.random())
    record(
        "transform_asset",
        kind=transform_config.kind,
        low=low.tolist(),
        high=high.tolist(),
        faces=len(asset.faces),
        normal=asset.vertex_normals[asset.vertices[:, 2].argmax()].tolist(),
        flat=float(np.abs(np.linalg.norm(asset.face_normals, axis=1) - 1.0).max()),
        names=asset.names,
        parents=asset.parents,
        joints=None if asset.joints is None else asset.joints.tolist(),
        tails=None if asset.tails is None else asset.tails.tolist(),
        drawn=drawn[0],
    )
    half = (high - low).max() / 2
    for name in ("vertices", "joints", "tails"):
        rows = getattr(asset, name)
        if rows is not None:
            setattr(asset, name, (rows - (low + high) / 2) / half)
    if "vertex_group_config" in transform_config:
        chosen = transform_config.vertex_group_config.kwargs.voxel_skin
        points = vertex_group.voxelization(
            vertices=asset.vertices, faces=asset.faces, grid=chosen.grid, backend=chosen.backend
        )
        step = np.diff(np.unique(points[:, 0])).min()
        record(
            "voxels",
            fits=bool(step < 2 / chosen.grid * 1.001),
            low=points.min(axis=0).tolist(),
            high=points.max(axis=0).tolist(),
        )
    asset.sampled_vertices, asset.sampled_normals = asset.vertices, asset.vertex_normals
