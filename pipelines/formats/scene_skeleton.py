"""The skeleton that a scene brings: the joints of its skins, or nodes that stand in a mesh like joints.

In the frame in which the scene's meshes stand when each is moved by its node, as pipelines.geometry.mesh_io joins them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue
from pipelines.formats.scene import Scene, world_matrices
from pipelines.geometry.skeleton import Skeleton

# Weights are reckoned for every joint at once.
MOST_JOINTS = 1_000
# Nodes without a skin count as joints where at least so many hang together, and this share of them inside the mesh's
# box, grown by so much of its largest side.
FEWEST_NODES, INSIDE, GROWN = 3, 0.8, 0.1
ROOT = "Root"
# Joints agree where their matrices do by this share.
AGREE = 1e-3


def skeleton_of(scene: Scene) -> Skeleton | None:
    """The scene's skeleton with its names, its hierarchy and its bind pose; None where it has none.

    Several skins are one skeleton; several roots get one above them. Raises InvalidValue for more than 1,000 joints.
    """
    bind = _bound(scene) or _free(scene)
    if not bind:
        return None
    if len(bind) > MOST_JOINTS:
        raise InvalidValue(
            f"the file's skeleton has {len(bind)} joints; up to {MOST_JOINTS} are taken"
        )
    rows = sorted(bind)
    row_of = {node: row for row, node in enumerate(rows)}
    parents = [_above(scene, node, row_of) for node in rows]
    names = _distinct([scene.nodes[node].name or f"joint_{node}" for node in rows])
    matrices = np.stack([bind[node] for node in rows])
    if parents.count(-1) > 1:
        names = _distinct([ROOT, *names])
        parents = [-1, *(parent + 1 for parent in parents)]
        matrices = np.concatenate([np.eye(4)[None], matrices])
    return Skeleton(
        tuple(names), matrices[:, :3, 3].copy(), tuple(parents), "sent", matrices=matrices
    )


def stands(scene: Scene) -> NDArray[np.float64] | None:
    """The matrix (4, 4) from where the nodes put all meshes to where their joints draw them; None for no difference.

    Programs bind a figure that lies, in centimetres, and stand it up by its joints alone. A pose is no such difference:
    it is one only where all joints of all meshes agree.
    """
    world = world_matrices(scene.nodes)
    found: list[NDArray[np.float64]] = []
    for number, node in enumerate(scene.nodes):
        if node.mesh is None:
            continue
        if node.skin is None:
            return None
        skin = scene.skins[node.skin]
        found += [
            world[joint] @ np.linalg.inv(world[number] @ bind)
            for joint, bind in zip(skin.joints, skin.bind, strict=True)
        ]
    if not found:
        return None
    scale = max(float(np.abs(found[0][:3, :3]).max()), 1e-12)
    points = np.concatenate(
        [mesh.positions[:: max(1, len(mesh.positions) // 64)] for mesh in scene.meshes]
    )
    reach = scale * max(float(np.abs(points).max()), 1e-12)
    tolerance = np.array([scale, scale, scale, reach])[None] * AGREE
    agree = all((np.abs(matrix - found[0])[:3] <= tolerance).all() for matrix in found)
    same = (np.abs(found[0] - np.eye(4))[:3] <= tolerance).all()
    return found[0] if agree and not same else None


def worn(scene: Scene) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Vertices (n, 3) and faces (m, 3) of the meshes that a skin moves, where their nodes put them; None where it moves
    all or none. The others hang on a joint as they are: what a hand holds, not the body."""
    world = world_matrices(scene.nodes)
    shown = sum(node.mesh is not None for node in scene.nodes)
    skinned = [
        (number, scene.meshes[node.mesh])
        for number, node in enumerate(scene.nodes)
        if node.mesh is not None and node.skin is not None
    ]
    if not skinned or len(skinned) == shown:
        return None
    starts = np.cumsum([0, *(len(mesh.positions) for _, mesh in skinned)])
    points = [mesh.positions @ world[n, :3, :3].T + world[n, :3, 3] for n, mesh in skinned]
    faces = [mesh.faces + start for (_, mesh), start in zip(skinned, starts, strict=False)]
    return np.concatenate(points), np.concatenate(faces)


def _bound(scene: Scene) -> dict[int, NDArray[np.float64]]:
    """The bind matrix (4, 4) of each joint of the skins that move meshes; of any skin where none does."""
    world = world_matrices(scene.nodes)
    found: dict[int, NDArray[np.float64]] = {}
    for number, node in enumerate(scene.nodes):
        if node.skin is None or node.mesh is None:
            continue
        skin = scene.skins[node.skin]
        for joint, bind in zip(skin.joints, skin.bind, strict=True):
            found.setdefault(joint, world[number] @ bind)
    if not found:
        # No mesh says how it was bound: the joints stand where their nodes do.
        found = {joint: world[joint] for skin in scene.skins for joint in skin.joints}
    return found


def _free(scene: Scene) -> dict[int, NDArray[np.float64]]:
    """The largest tree of nodes without meshes that stands in the mesh."""
    world = world_matrices(scene.nodes)
    bare = _bare(scene)
    root: dict[int, int] = {}
    for number, node in enumerate(scene.nodes):
        if bare[number]:
            root[number] = root[node.parent] if node.parent in root else number
    trees: dict[int, list[int]] = {}
    for number, top in root.items():
        trees.setdefault(top, []).append(number)
    largest = max(trees.values(), key=len, default=[])
    points = [
        scene.meshes[node.mesh].positions @ world[number, :3, :3].T + world[number, :3, 3]
        for number, node in enumerate(scene.nodes)
        if node.mesh is not None
    ]
    if len(largest) < FEWEST_NODES or not points:
        return {}
    box = np.concatenate(points)
    low, high = box.min(axis=0), box.max(axis=0)
    grown = GROWN * float((high - low).max())
    places = world[largest][:, :3, 3]
    inside = ((places >= low - grown) & (places <= high + grown)).all(axis=1).mean()
    return {node: world[node] for node in largest} if inside >= INSIDE else {}


def _bare(scene: Scene) -> list[bool]:
    """Whether neither a node nor anything below it shows a mesh."""
    bare = [node.mesh is None for node in scene.nodes]
    for number in range(len(scene.nodes) - 1, -1, -1):
        parent = scene.nodes[number].parent
        if parent >= 0 and not bare[number]:
            bare[parent] = False
    return bare


def _above(scene: Scene, node: int, row_of: dict[int, int]) -> int:
    """The row of the nearest joint above a node, or -1."""
    above = scene.nodes[node].parent
    while above >= 0 and above not in row_of:
        above = scene.nodes[above].parent
    return row_of.get(above, -1)


def _distinct(names: list[str]) -> list[str]:
    """The names, those that stood before with a number behind them."""
    made: list[str] = []
    for name in names:
        number, fresh = 1, name
        while fresh in made:
            number += 1
            fresh = f"{name}_{number}"
        made.append(fresh)
    return made
