"""A mesh cut into many small patches whose borders lie in its creases: what segmentations are put together from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.geometry.face_graph import FaceGraph, nearest_seeds

# Crossing a full crease costs as much as this many times the typical width of a patch.
CREASE_COST = 3.0
ROUNDS = 2


@dataclass(frozen=True)
class PatchGraph:
    """Patches and their neighbours. `label` (m,) is each face's patch; pairs (p, 2) of patches with the length of their
    common border, its mean crease (0 to 1) and whether it is only a gap between bodies; per patch its area (k,), centre
    (k, 3), mean log thickness (k,) and body (k,)."""

    label: NDArray[np.int64]
    pairs: NDArray[np.int64]
    length: NDArray[np.float64]
    crease: NDArray[np.float64]
    gap: NDArray[np.bool_]
    area: NDArray[np.float64]
    centre: NDArray[np.float64]
    thickness: NDArray[np.float64]
    body: NDArray[np.int64]


def cut(graph: FaceGraph, thickness: NDArray, count: int) -> PatchGraph:
    """At most `count` patches, and at least one for each of the largest bodies. thickness (m,) is a logarithm."""
    size = len(graph.areas)
    if size <= count:
        return _summed(graph, thickness, np.arange(size))
    width = float(np.sqrt(graph.areas.sum() / count))
    cost = graph.span + CREASE_COST * width * graph.crease**2 + graph.gap * 1e3 * width
    seeds = _spread(graph, count)
    label = nearest_seeds(graph, cost, seeds)
    for _ in range(ROUNDS):
        seeds = middles(graph, label)
        label = nearest_seeds(graph, cost, seeds)
    return _summed(graph, thickness, label)


def _spread(graph: FaceGraph, count: int) -> NDArray[np.int64]:
    """Faces (count,) spread evenly in space: one of each body, the large ones first, then each the farthest from all.

    Bodies beyond the count get none; they belong to a neighbour's patch.
    """
    _, seeds = np.unique(graph.body, return_index=True)
    order = np.argsort(-np.bincount(graph.body, graph.areas)[graph.body[seeds]], kind="stable")
    chosen = list(seeds[order][:count])
    distance = np.full(len(graph.areas), np.inf)
    for face in chosen:
        distance = np.minimum(distance, ((graph.centres - graph.centres[face]) ** 2).sum(1))
    while len(chosen) < count and distance.max() > 0:
        face = int(distance.argmax())
        chosen.append(face)
        distance = np.minimum(distance, ((graph.centres - graph.centres[face]) ** 2).sum(1))
    return np.asarray(chosen, np.int64)


def middles(graph: FaceGraph, label: NDArray) -> NDArray[np.int64]:
    """The face of each patch that is nearest to its centre of area. label (m,), from 0 and without a gap."""
    count = int(label.max()) + 1
    weight = np.maximum(np.bincount(label, graph.areas, count), 1e-300)
    centre = np.stack(
        [np.bincount(label, graph.areas * graph.centres[:, i], count) / weight for i in range(3)], 1
    )
    away = ((graph.centres - centre[label]) ** 2).sum(1)
    order = np.lexsort((away, label))
    _, first = np.unique(label[order], return_index=True)
    return np.asarray(order[first])


def _summed(graph: FaceGraph, thickness: NDArray, label: NDArray) -> PatchGraph:
    _, label = np.unique(label, return_inverse=True)
    count = int(label.max()) + 1
    area = np.bincount(label, graph.areas, count)
    weight = graph.areas / np.maximum(area[label], 1e-300)
    ends = np.sort(label[graph.pairs], axis=1)
    border = ends[:, 0] != ends[:, 1]
    pairs, row = np.unique(ends[border], axis=0, return_inverse=True)
    row = row.reshape(-1)
    length = np.bincount(row, graph.length[border], len(pairs))
    crease = np.bincount(row, (graph.length * graph.crease)[border], len(pairs))
    _, first = np.unique(label, return_index=True)
    return PatchGraph(
        label=label.astype(np.int64),
        pairs=pairs.reshape(-1, 2),
        length=np.asarray(length, np.float64),
        crease=crease / np.maximum(length, 1e-300),
        gap=np.bincount(row, graph.gap[border], len(pairs))
        == np.bincount(row, minlength=len(pairs)),
        area=np.asarray(area, np.float64),
        centre=np.stack(
            [np.bincount(label, graph.centres[:, i] * weight, count) for i in range(3)], 1
        ),
        thickness=np.asarray(np.bincount(label, thickness * weight, count), np.float64),
        body=graph.body[first],
    )
