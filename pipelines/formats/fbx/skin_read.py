"""What moves an FBX mesh: its skin's clusters, one for each joint, as bind matrices and four weights a vertex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.formats.fbx.objects import Document, FbxObject, Key
from pipelines.formats.fbx.tree import Element
from pipelines.formats.scene import MAX_INFLUENCES

# A crowd of a hundred meshes on rigs of a thousand joints; each joint of each skin costs a matrix.
MOST_JOINTS = 200_000


@dataclass(frozen=True, eq=False)
class Influence:
    """A skin in the file's frame and unit.

    models: the joints' keys; bind (j, 4, 4): from each joint to the mesh's node; stood (4, 4): where that node stood in
    the file's scene when it was bound, the identity where the file does not say; joints, weights (points, 4), for each
    of the file's points, rows that sum to 1 or, where nothing moves a point, to 0.
    """

    models: list[Key]
    bind: NDArray[np.float64]
    stood: NDArray[np.float64]
    joints: NDArray[np.int64]
    weights: NDArray[np.float64]


class Skins:
    """Reads skins, and remembers what of them was left out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.more = self.misfits = self.several = self.quaternions = self.joints = 0

    def lost(self) -> list[str]:
        """What the skins that were read have and the scene has not."""
        said = []
        if self.more:
            said.append(
                f"vertices moved by more than {MAX_INFLUENCES} joints keep the {MAX_INFLUENCES} strongest"
            )
        if self.misfits:
            said.append(f"{self.misfits} weights or joints that do not fit their mesh were dropped")
        if self.several:
            said.append("meshes with several skins keep the first that moves them")
        if self.quaternions:
            said.append(
                "joints that blend by dual quaternions now blend in the plain way, and thin where they twist"
            )
        return said

    def take(self, joints: int) -> None:
        """Count joints of skins. Raises InvalidValue where all skins together have too many."""
        self.joints += joints
        if self.joints > MOST_JOINTS:
            raise InvalidValue(
                f"the FBX file has more than {MOST_JOINTS:,} joints, counted for each mesh they move"
            )

    def read(self, owner: Key, points: int) -> Influence | None:
        """The first skin on a mesh that moves any of its points; None where there is none."""
        moving = []
        for skin in self.document.linked(owner, "Deformer"):
            found = None if skin.form == "BlendShape" else self._skin(skin, points)
            if found is not None:
                moving.append(found)
                self.quaternions += skin.element.text("SkinningType") == "DualQuaternion"
        self.several += len(moving) > 1
        return moving[0] if moving else None

    def _skin(self, skin: FbxObject, points: int) -> Influence | None:
        numbers: dict[Key, int] = {}
        binds: list[NDArray] = []
        stood: NDArray | None = None
        runs: list[tuple[NDArray, NDArray, NDArray]] = []
        children = self.document.linked(skin.key, "Deformer") + self.document.linked(
            skin.key, "SubDeformer"
        )
        self.take(len(children))
        for cluster in children:
            links = self.document.linked(cluster.key, "Model")
            bind = _bind(cluster.element)
            if not links or bind is None:
                self.misfits += 1
                continue
            joint = numbers.setdefault(links[0].key, len(binds))
            if joint == len(binds):
                binds.append(bind)
                stood = _stood(cluster.element, bind) if stood is None else stood
            point, weight = self._weights(cluster.element, points)
            runs.append((point, np.full(len(point), joint), weight))
        if not any(len(point) for point, _, _ in runs):
            return None
        point, by, weight = (np.concatenate(run) for run in zip(*runs, strict=True))
        joints, weights = self._strongest(point, by, weight, points)
        place = np.eye(4) if stood is None else stood
        return Influence(list(numbers), np.stack(binds), place, joints, weights)

    def _weights(self, element: Element, points: int) -> tuple[NDArray[np.int64], NDArray]:
        """Points and weights of a cluster, only weights above 0."""
        point, weight = element.run("Indexes"), element.run("Weights").astype(np.float64)
        if len(point) != len(weight):
            self.misfits += 1
            return np.zeros(0, np.int64), np.zeros(0)
        fits = np.isfinite(point) & (point >= 0) & (point < points) & np.isfinite(weight)
        self.misfits += int((~fits).sum())
        kept = fits & (weight > 0)
        return point[kept].astype(np.int64), np.minimum(weight[kept], 1e6)

    def _strongest(
        self, point: NDArray, joint: NDArray, weight: NDArray, points: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(points, 4) joints and weights: the strongest of each point, as shares of their sum."""
        pairs = joint * points + point
        ordered = np.sort(pairs)
        if (
            ordered[1:] == ordered[:-1]
        ).any():  # a cluster that names a point twice moves it by both
            _, first, same = np.unique(pairs, return_index=True, return_inverse=True)
            point, joint, weight = point[first], joint[first], np.bincount(same, weight)
        # Joints come in order; of equal weights the earlier joint's stays first.
        order = np.lexsort((-weight, point))
        point, joint, weight = point[order], joint[order], weight[order]
        counts = np.bincount(point, minlength=points)
        rank = np.arange(len(point)) - np.repeat(np.cumsum(counts) - counts, counts)
        kept = rank < MAX_INFLUENCES
        self.more += int((counts > MAX_INFLUENCES).sum())
        joints = np.zeros((points, MAX_INFLUENCES), np.int64)
        weights = np.zeros((points, MAX_INFLUENCES))
        joints[point[kept], rank[kept]] = joint[kept]
        weights[point[kept], rank[kept]] = weight[kept]
        total = weights.sum(1, keepdims=True)
        np.divide(weights, total, out=weights, where=total > 0)
        return joints, weights


def _bind(cluster: Element) -> NDArray[np.float64] | None:
    """From the joint's frame to the mesh's: the inverse of the cluster's `Transform`."""
    inverse = _matrix(cluster, "Transform")
    if inverse is None or abs(np.linalg.det(inverse)) < 1e-30:
        return None
    return np.asarray(np.linalg.inv(inverse), np.float64)


def _stood(cluster: Element, bind: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Where the mesh stood when it was bound: its joint's place then, and the mesh as seen from there."""
    joint = _matrix(cluster, "TransformLink")
    if joint is None or abs(np.linalg.det(joint)) < 1e-30:
        return None
    return np.asarray(joint @ np.linalg.inv(bind), np.float64)


def _matrix(element: Element, name: str) -> NDArray[np.float64] | None:
    """A matrix of 16 numbers, which files write column by column."""
    found = element.run(name)
    if len(found) != 16 or not np.isfinite(found).all():
        return None
    return found.astype(np.float64).reshape(4, 4).T
