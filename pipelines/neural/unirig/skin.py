"""The weights of a skeleton's joints on a body, carried to the client's vertices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.errors import PipelineError
from pipelines.geometry import skin_weights, voxels
from pipelines.geometry.skeleton import Skeleton
from pipelines.neural.steps import Span, counted, wrapped
from pipelines.neural.unirig import body as bodies
from pipelines.neural.unirig import upstream

# Upstream's: the samples whose median a vertex gets, and the weight below which a joint does not count.
NEAREST, LEAST = 7, 0.03
# Numbers that are held at once on the way to the vertices.
_CELLS = 1 << 25
_NETWORK = 0.8


def found(
    model: Any,
    body: bodies.Body,
    skeleton: Skeleton,
    vertices: NDArray,
    seed: int,
    device: str,
    span: Span,
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The four strongest joints (n, 4) of each of the client's vertices (n, 3), and their weights, which sum to 1.

    Raises PipelineError where the network answers with what are no numbers.
    """
    np.random.seed(seed % 2**32)
    asset = _asset(body, skeleton, span)
    weights = _predicted(model, asset, device, span.part(0.2, _NETWORK))
    places = bodies.from_blender(bodies.outward(body, asset, asset.sampled_vertices))
    order = [list(asset.names).index(name) for name in skeleton.names]
    return _carried(places, weights[:, order], vertices, span.part(_NETWORK, 1.0))


def _asset(body: bodies.Body, skeleton: Skeleton, span: Span) -> Any:
    """Upstream's asset, with the voxels that its first guess goes through made here: it has a renderer for them."""
    from src.data import vertex_group

    settings = upstream.config(
        "transform", upstream.config("task", upstream.SKIN_TASK).components.transform
    )
    guess = settings.predict_transform_config.vertex_group_config.kwargs.voxel_skin
    span()
    solid = voxels.solid(*_unit(body), int(guess.grid), span)
    # A body of many voxels gets fewer a side, and neighbours are told by that.
    guess.grid = int(2.0 / solid.pitch)
    with wrapped(vertex_group, "voxelization", _instead(solid.points)):
        return bodies.transformed(
            body,
            settings,
            bodies.to_blender(skeleton.positions),
            bodies.to_blender(_tails(skeleton)),
            [None if parent < 0 else parent for parent in skeleton.parents],
            skeleton.names,
        )


def _unit(body: bodies.Body) -> tuple[NDArray, NDArray]:
    """The body between -1 and 1, as upstream has it when it asks for voxels."""
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    half = float((high - low).max()) / 2.0
    return (body.vertices.astype(np.float64) - (low + high) / 2.0) / half, body.faces


def _instead(points: NDArray) -> Callable[..., Any]:
    def voxelised(voxelise: Any, *_: Any, **__: Any) -> NDArray:
        return points

    return voxelised


def _tails(skeleton: Skeleton) -> NDArray[np.float64]:
    """Where each bone ends (j, 3): at its only child, between several, else where the skeleton says, or a little on."""
    tails = skeleton.positions.copy()
    size = float(np.ptp(skeleton.positions, axis=0).max()) or 1.0
    for row, name in enumerate(skeleton.names):
        below = [child for child, parent in enumerate(skeleton.parents) if parent == row]
        if below:
            tails[row] = skeleton.positions[below].mean(axis=0)
        elif name in skeleton.tails:
            tails[row] = skeleton.tails[name]
        else:
            tails[row] += (0.0, 0.02 * size, 0.0)
    return tails


def _predicted(model: Any, asset: Any, device: str, span: Span) -> NDArray[np.float64]:
    """The weight (s, j) of each joint on each sample."""
    import torch
    from src.model.spec import ModelInput
    from torch.utils.data import default_collate

    shown = ModelInput(
        vertices=asset.sampled_vertices.astype(np.float32),
        normals=asset.sampled_normals.astype(np.float32),
        joints=asset.joints.astype(np.float32),
        tails=asset.tails.astype(np.float32),
        asset=asset,
    )
    batch = {
        name: value.to(device) if isinstance(value, torch.Tensor) else value
        for name, value in default_collate(model._process_fn([shown])).items()
    }
    blocks = len(model.mesh_bone_attn)
    with (
        torch.inference_mode(),
        torch.autocast(device, torch.bfloat16, enabled=device != "cpu"),
        counted(model.bone_encoder, "forward", 1, span.part(0.0, 0.3)),
        counted(model.mesh_encoder, "forward", 1, span.part(0.3, 0.8)),
        counted(model.mesh_bone_attn[0], "forward", 1, span.part(0.8, 0.8 + 0.2 / blocks)),
    ):
        weights = model.predict_step(batch)[0]
    found = np.asarray(weights.float().cpu().numpy(), np.float64)
    if not np.isfinite(found).all():
        # A sample that no joint reaches: upstream divides by its sum.
        found = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
    if not found.any():
        raise PipelineError(
            "the network gave no joint any weight; try rig_mode full, or another mesh"
        )
    return found


def _carried(
    places: NDArray, weights: NDArray, vertices: NDArray, span: Span
) -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    """The median of the nearest samples (s, 3) with a weight, for each vertex (n, 3)."""
    known = weights.any(axis=1)
    tree, rows = cKDTree(places[known]), weights[known]
    count = min(NEAREST, len(rows))
    step = max(1, _CELLS // (count * rows.shape[1]))
    blocks = []
    for start in range(0, len(vertices), step):
        span(start / len(vertices))
        _, near = tree.query(vertices[start : start + step], k=count)
        near = near.reshape(-1, count)
        share = np.median(rows[near], axis=1)
        lost = ~share.any(axis=1)
        share[lost] = rows[near[lost, 0]]
        share = np.where(share < np.minimum(LEAST, share.max(axis=1, keepdims=True)), 0.0, share)
        blocks.append(skin_weights.strongest(share / share.sum(axis=1, keepdims=True)))
    return np.concatenate([one for one, _ in blocks]), np.concatenate([two for _, two in blocks])
