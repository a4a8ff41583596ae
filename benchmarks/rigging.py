"""Skeletons and skin weights against rigs that artists made.

python benchmarks/rigging.py FOLDER [--only NAME …] [--skeletons]. FOLDER holds GLB files with a skin and binary FBX
files with bones. For each it prints J2J, J2B and B2B (Xu and others, 2020), in percent of the mesh's largest side: mean
distances between joints, from joints to bones and between bones, to the truth and back; once for medial paths alone
("generic") and once with the templates. Fingers, eyes and IK joints are left out of the truth. Where the file has
weights it also prints, for weights computed on the true skeleton, the error of the deformation, the mean distance
between the vertices moved by our weights and by the true ones under six random poses, in percent of the largest side;
the same of weights by distance alone; L1. CPU seconds are those of solid, skeleton and skin.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import rigging_truth  # noqa: E402
from benchmarks.rigging_truth import Rig  # noqa: E402

POSES, SEED = 6, 7
# Joints turn about an axis of any direction, by an angle with this spread.
TURN_DEGREES = 20.0
DISTANCE_POWER = 4
STEPS = 200  # samples along all bones together, for B2B


def to_points(points: NDArray, others: NDArray) -> float:
    """Mean distance from points (n, 3) to the nearest of others (m, 3)."""
    return float(np.linalg.norm(points[:, None] - others[None], axis=2).min(axis=1).mean())


def to_bones(points: NDArray, bones: NDArray) -> NDArray[np.float64]:
    """Distances (n, b) from points (n, 3) to segments (b, 2, 3)."""
    chord = bones[:, 1] - bones[:, 0]
    offset = points[:, None] - bones[None, :, 0]
    length = np.maximum((chord**2).sum(axis=1), 1e-18)
    share = np.clip((offset * chord).sum(axis=2) / length, 0.0, 1.0)
    return np.asarray(np.linalg.norm(offset - share[..., None] * chord, axis=2))


def along(bones: NDArray) -> NDArray[np.float64]:
    """Points spread evenly over all bones (b, 2, 3)."""
    lengths = np.linalg.norm(bones[:, 1] - bones[:, 0], axis=1)
    step = max(float(lengths.sum()) / STEPS, 1e-12)
    made = []
    for (start, end), length in zip(bones, lengths, strict=True):
        share = np.linspace(0.0, 1.0, max(2, int(length / step) + 1))[:, None]
        made.append(start + share * (end - start))
    return np.concatenate(made)


def distances(
    joints: NDArray, bones: NDArray, true_joints: NDArray, true_bones: NDArray
) -> NDArray:
    """J2J, J2B and B2B in the unit of the mesh."""
    ours, theirs = along(bones), along(true_bones)
    return np.array(
        [
            (to_points(joints, true_joints) + to_points(true_joints, joints)) / 2,
            (
                to_bones(joints, true_bones).min(axis=1).mean()
                + to_bones(true_joints, bones).min(axis=1).mean()
            )
            / 2,
            (
                to_bones(ours, true_bones).min(axis=1).mean()
                + to_bones(theirs, bones).min(axis=1).mean()
            )
            / 2,
        ]
    )


def poses(parents: tuple[int, ...], positions: NDArray) -> list[NDArray[np.float64]]:
    """Matrices (j, 4, 4) that move the joints from the bind pose, every joint turned at random within its parent."""
    rng, made = np.random.default_rng(SEED), []
    order = sorted(range(len(parents)), key=lambda joint: _depth(parents, joint))
    for _ in range(POSES):
        axes = rng.normal(size=(len(parents), 3))
        axes /= np.linalg.norm(axes, axis=1, keepdims=True)
        half = np.radians(rng.normal(0.0, TURN_DEGREES, len(parents))) / 2
        moved = np.tile(np.eye(4), (len(parents), 1, 1))
        for joint in order:
            turn = np.eye(4)
            quaternion = (*(np.sin(half[joint]) * axes[joint]), np.cos(half[joint]))
            turn[:3, :3] = rigging_truth.turned(quaternion)
            turn[:3, 3] = positions[joint] - turn[:3, :3] @ positions[joint]
            above = parents[joint]
            moved[joint] = turn if above < 0 else moved[above] @ turn
        made.append(moved)
    return made


def _depth(parents: tuple[int, ...], joint: int) -> int:
    return 0 if parents[joint] < 0 else 1 + _depth(parents, parents[joint])


def bent(points: NDArray, weights: NDArray, moved: NDArray) -> NDArray[np.float64]:
    """The points (n, 3) under linear blend skinning."""
    matrices = np.einsum("nj,jab->nab", weights, moved)
    return np.asarray(np.einsum("nab,nb->na", matrices[:, :3, :3], points) + matrices[:, :3, 3])


def deformation(rig: Rig, weights: NDArray) -> float:
    """Mean distance of the vertices from where the true weights move them, in percent of the size."""
    assert rig.weights is not None
    errors = [
        np.linalg.norm(
            bent(rig.vertices, weights, m) - bent(rig.vertices, rig.weights, m), axis=1
        ).mean()
        for m in poses(rig.parents, rig.positions)
    ]
    return 100.0 * float(np.mean(errors)) / rig.size


def by_distance(rig: Rig, skeleton: Any) -> NDArray[np.float64]:
    """Weights by the distance to each bone alone."""
    from pipelines.geometry import skin_weights

    bones = skin_weights.bones_of(skeleton)
    pull = (
        1.0 / np.maximum(to_bones(rig.vertices, bones.segments) / rig.size, 1e-4) ** DISTANCE_POWER
    )
    made = np.zeros((len(rig.vertices), len(skeleton.names)))
    for bone, joint in enumerate(bones.joints):
        made[:, joint] += pull[:, bone]
    return made / made.sum(axis=1, keepdims=True)


def four(weights: NDArray) -> NDArray[np.float64]:
    """The weights as a file holds them: four a vertex."""
    from pipelines.geometry import skin_weights

    joints, shares = skin_weights.strongest(weights)
    made = np.zeros(weights.shape)
    np.add.at(made, (np.arange(len(made))[:, None], joints), shares)
    return made


def skeletons(rig: Rig) -> dict[str, Any]:
    """Kind and distances of both skeletons, and CPU seconds."""
    from pipelines.geometry import medial, rig_templates, skeleton, voxels

    start = time.process_time()
    body = voxels.solid(rig.vertices, rig.faces, rig_templates.RESOLUTION)
    tree = medial.tree(body)
    made = rig_templates.skeleton_of(tree)
    seconds = time.process_time() - start
    true = rig.positions[rig.shown], rig.bones(rig.shown)
    row = {"kind": made.kind, "seconds": seconds, "body": body, "made": made}
    for name, found in (("generic", skeleton.from_paths(tree)), ("template", made)):
        row[name] = (
            100.0 * distances(found.positions, found.positions[found.bones], *true) / rig.size
        )
    return row


def skin(rig: Rig, body: Any) -> dict[str, float]:
    """Deformation errors and L1 of weights on the true skeleton."""
    from pipelines.geometry import sent_skeleton, skin_weights
    from pipelines.geometry.skeleton import Skeleton

    bare = sent_skeleton.ready(Skeleton(rig.names, rig.positions, rig.parents, "sent"), body)
    start = time.process_time()
    ours = four(skin_weights.skin_weights(rig.vertices, rig.faces, bare, body))
    seconds = time.process_time() - start
    assert rig.weights is not None
    return {
        "deform": deformation(rig, ours),
        "plain": deformation(rig, four(by_distance(rig, bare))),
        "l1": float(np.abs(ours - rig.weights).sum(axis=1).mean()),
        "seconds": seconds,
    }


def show(name: str, row: dict[str, Any], weights: dict[str, float] | None) -> None:
    text = f"{name:28.28} {row['kind']:9} "
    text += " /".join(f"{value:5.1f}" for value in row["generic"]) + "  "
    text += " /".join(f"{value:5.1f}" for value in row["template"])
    if weights is not None:
        text += f"  {weights['deform']:6.2f} {weights['plain']:6.2f} {weights['l1']:5.2f}"
    sys.stdout.write(
        text + f"  {row['seconds'] + (weights['seconds'] if weights else 0.0):5.1f} s\n"
    )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=(), help="parts of file names")
    parser.add_argument("--skeletons", action="store_true", help="leave the weights out")
    chosen = parser.parse_args()
    files = sorted(f for f in chosen.folder.iterdir() if f.suffix.lower() in (".glb", ".fbx"))
    files = [f for f in files if not chosen.only or any(part in f.name for part in chosen.only)]
    sys.stdout.write(
        f"{'':38} generic J2J/J2B/B2B   with templates     deform, by distance, L1, CPU\n"
    )
    rows, skins = [], []
    for file in files:
        try:
            rig = rigging_truth.read(file)
        except ValueError as error:
            sys.stdout.write(f"{error}\n")
            continue
        rows.append(skeletons(rig))
        if rig.weights is not None and not chosen.skeletons:
            skins.append(skin(rig, rows[-1]["body"]))
        show(file.name, rows[-1], skins[-1] if rig.weights is not None and skins else None)
    if rows:
        mean = {
            key: np.mean([row[key] for row in rows], axis=0)
            for key in ("generic", "template", "seconds")
        }
        whole = (
            {key: float(np.mean([s[key] for s in skins])) for key in skins[0]} if skins else None
        )
        show(f"mean of {len(rows)}", {"kind": "", **mean}, whole)


if __name__ == "__main__":
    main()
