"""Trees of nodes in the form a format wants: meshes where they stand, skewed nodes undone, skins at the top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.formats.scene import Mesh, Node, Scene, Skin, world_matrices
from pipelines.geometry.normals import unit

# Columns of a matrix whose cosine is larger are skewed: no turning and scaling makes them.
MOST_SKEW = 1e-5
SKEWED = "nodes that skew what they hold were undone: their meshes now stand where they did, at the top of the scene"


def placed(scene: Scene) -> list[Mesh]:
    """The meshes of all nodes in the scene's frame, each node's under its own name; skinned ones as they are posed."""
    world = world_matrices(scene.nodes)
    found = []
    for number, node in enumerate(scene.nodes):
        if node.mesh is None or not len(scene.meshes[node.mesh].faces):
            continue
        mesh = scene.meshes[node.mesh]
        skin = None if node.skin is None else scene.skins[node.skin]
        stands = transformed(mesh, world[number]) if skin is None else posed(mesh, skin, world)
        found.append(replace(stands, name=node.name or mesh.name))
    return found


def transformed(mesh: Mesh, matrix: NDArray[np.float64]) -> Mesh:
    """The mesh moved by `matrix` (4, 4); its faces stay turned outward where the matrix mirrors."""
    if np.array_equal(matrix, np.eye(4)):
        return mesh
    turn = matrix[:3, :3]
    mirrors = np.linalg.det(turn) < 0
    normals = mesh.normals
    if normals is not None:
        # The matrix of cofactors does what the inverse transposed does, and is there for flat matrices too.
        normals = unit(normals @ _cofactors(turn).T * (-1.0 if mirrors else 1.0))
    return replace(
        mesh,
        positions=mesh.positions @ turn.T + matrix[:3, 3],
        normals=normals,
        faces=mesh.faces[:, ::-1].copy() if mirrors else mesh.faces,
    )


def posed(mesh: Mesh, skin: Skin, world: NDArray[np.float64]) -> Mesh:
    """A skinned mesh where its joints put it, without its skin: linear blend skinning. world (n, 4, 4) of all nodes."""
    if mesh.joints is None or mesh.weights is None:
        return mesh
    moves = world[list(skin.joints)] @ np.linalg.inv(skin.bind)
    plain = replace(mesh, joints=None, weights=None)
    if np.allclose(moves, np.eye(4), rtol=0.0, atol=1e-7):
        return plain
    blend = np.einsum("nk,nkij->nij", mesh.weights, moves[mesh.joints])
    positions = np.einsum("nij,nj->ni", blend[:, :3, :3], mesh.positions) + blend[:, :3, 3]
    normals = mesh.normals
    if normals is not None:
        normals = unit(np.einsum("nij,nj->ni", blend[:, :3, :3], normals))
    return replace(plain, positions=positions, normals=normals)


def is_skewed(matrix: NDArray[np.float64]) -> bool:
    """Whether no translation, rotation and scale along the axes makes the matrix, or it has no volume."""
    turn = matrix[:3, :3]
    length = np.linalg.norm(turn, axis=0)
    if (length < 1e-12).any():
        return True
    axes = turn / length
    return bool(np.abs(axes.T @ axes - np.eye(3)).max() > MOST_SKEW)


def nearest_unskewed(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix with its axes made square by the nearest rotation; their lengths and the place stay."""
    turn = matrix[:3, :3]
    length = np.maximum(np.linalg.norm(turn, axis=0), 1e-6)
    left, _, right = np.linalg.svd(turn / length)
    made = matrix.copy()
    made[:3, :3] = (left @ right) * length
    return made


def for_gltf(scene: Scene) -> tuple[Scene, tuple[str, ...]]:
    """The scene as glTF allows it, and what that cost."""
    scene = _without_empty(scene)
    lost: tuple[str, ...] = ()
    if any(is_skewed(node.matrix) for node in scene.nodes):
        scene, lost = _unskewed(scene), (SKEWED,)
    return _one_root(_skins_on_top(_skins_in_use(scene))), lost


def _without_empty(scene: Scene) -> Scene:
    """Without meshes that have no triangle or that no node shows."""
    used = {node.mesh for node in scene.nodes if node.mesh is not None}
    kept = [n for n, mesh in enumerate(scene.meshes) if len(mesh.faces) and n in used]
    numbers = {old: new for new, old in enumerate(kept)}
    return replace(
        scene,
        meshes=tuple(scene.meshes[old] for old in kept),
        nodes=_changed(
            scene.nodes, lambda node: replace(node, mesh=_renumbered(node.mesh, numbers))
        ),
    )


def _renumbered(mesh: int | None, numbers: dict[int, int]) -> int | None:
    return None if mesh is None else numbers.get(mesh)


def _unskewed(scene: Scene) -> Scene:
    world = world_matrices(scene.nodes)
    meshes: list[Mesh] = list(scene.meshes)
    nodes: list[Node] = []
    loose: list[Node] = []
    for number, node in enumerate(scene.nodes):
        kept = replace(node, matrix=nearest_unskewed(node.matrix))
        if node.mesh is not None and node.skin is None:
            meshes.append(transformed(scene.meshes[node.mesh], world[number]))
            loose.append(Node(node.name, mesh=len(meshes) - 1))
            kept = replace(kept, mesh=None)
        nodes.append(kept)
    return _without_empty(replace(scene, nodes=(*nodes, *loose), meshes=tuple(meshes)))


def _skins_in_use(scene: Scene) -> Scene:
    """A mesh has weights where its node has a skin, and a node a skin where its mesh has weights that fit."""
    meshes = list(scene.meshes)
    nodes = []
    plain: dict[int, int] = {}
    for node in scene.nodes:
        mesh = None if node.mesh is None else scene.meshes[node.mesh]
        fits = mesh is not None and mesh.joints is not None and node.skin is not None
        if mesh is not None and mesh.joints is not None and node.skin is not None:
            fits = mesh.joints.max(initial=0) < len(scene.skins[node.skin].joints)
        if node.mesh is not None and mesh is not None and mesh.joints is not None and not fits:
            if node.mesh not in plain:
                plain[node.mesh] = len(meshes)
                meshes.append(replace(mesh, joints=None, weights=None))
            node = replace(node, mesh=plain[node.mesh])
        nodes.append(node if fits else replace(node, skin=None))
    return _without_empty(replace(scene, nodes=tuple(nodes), meshes=tuple(meshes)))


def _skins_on_top(scene: Scene) -> Scene:
    """Skinned meshes at the top without a transform. One that has children leaves a plain node in its place."""
    parents = {node.parent for node in scene.nodes}
    nodes: list[Node] = []
    moved: list[Node] = []
    for number, node in enumerate(scene.nodes):
        if node.skin is None:
            nodes.append(node)
        elif number in parents:
            nodes.append(replace(node, mesh=None, skin=None))
            moved.append(replace(node, name=f"{node.name}_mesh", parent=-1, matrix=np.eye(4)))
        else:
            nodes.append(replace(node, parent=-1, matrix=np.eye(4)))
    return replace(scene, nodes=(*nodes, *moved))


def _one_root(scene: Scene) -> Scene:
    """The joints of each skin under one node: where they are not, a new one at the top holds their trees."""
    for skin in scene.skins:
        tops = {_top(scene.nodes, joint) for joint in skin.joints}
        if len(tops) > 1:
            scene = _under_new_root(scene, tops, skin.name or "Armature")
    return scene


def _top(nodes: tuple[Node, ...], number: int) -> int:
    while nodes[number].parent >= 0:
        number = nodes[number].parent
    return number


def _under_new_root(scene: Scene, tops: set[int], name: str) -> Scene:
    moved = [
        replace(node, parent=node.parent + 1 if node.parent >= 0 else (0 if number in tops else -1))
        for number, node in enumerate(scene.nodes)
    ]
    skins = tuple(
        replace(skin, joints=tuple(joint + 1 for joint in skin.joints)) for skin in scene.skins
    )
    return replace(scene, nodes=(Node(name), *moved), skins=skins)


def _changed(nodes: tuple[Node, ...], change: Callable[[Node], Node]) -> tuple[Node, ...]:
    return tuple(change(node) for node in nodes)


def _cofactors(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second, third = turn
    return np.stack([np.cross(second, third), np.cross(third, first), np.cross(first, second)])
