"""What every scene must be before anything is made of it, whatever the format said.

Limits are far above what people send and far below what hurts: a file that names one mesh a million times is refused
before anybody draws it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput
from pipelines.formats.scene import Mesh, Node, Opened, Scene, face_count, world_matrices
from pipelines.mesh_kind import MAX_FACES

MOST_NODES = 50_000
DEEPEST = 256
# Metres. Beyond it the numbers are no lengths any more, and products of three of them overflow.
LARGEST_M = 1e18
NOT_FINITE = "the mesh is broken: it has coordinates that are not finite numbers"
TOO_FAR = "the mesh is too large: it has coordinates beyond 1e18; scale it down"


def checked(opened: Opened) -> Opened:
    """The scene, with what can be mended mended.

    Raises UnreadableInput for numbers that are none, faces that name no vertex, trees that are none; InvalidValue for
    more than 2 million faces; NothingToModel for no faces or no size.
    """
    scene = opened.scene
    if len(scene.nodes) > MOST_NODES:
        raise InvalidValue(
            f"the mesh has {len(scene.nodes):,} nodes; at most {MOST_NODES:,} are taken, join some"
        )
    _check_tree(scene)
    scene = replace(scene, meshes=tuple(_without_unused(_mesh(mesh)) for mesh in scene.meshes))
    count = face_count(scene)
    if count > MAX_FACES:
        raise InvalidValue(
            f"the mesh has {count:,} faces; at most {MAX_FACES:,} are taken, simplify it first"
        )
    if not count:
        raise NothingToModel("the mesh has no faces; points and lines cannot be used")
    _check_size(scene)
    return _with_sound_skins(replace(opened, scene=scene))


def _with_sound_skins(opened: Opened) -> Opened:
    """A mesh whose weights name joints that its skin has not stands as it is, unmoved."""
    scene = opened.scene
    nodes = tuple(
        replace(node, skin=None) if _names_no_joint(node, scene) else node for node in scene.nodes
    )
    if nodes == scene.nodes:
        return opened
    lost = "weights that name joints which are not there were dropped"
    return replace(opened, scene=replace(scene, nodes=nodes), lost=(*opened.lost, lost))


def _names_no_joint(node: Node, scene: Scene) -> bool:
    if node.mesh is None or node.skin is None:
        return False
    joints = scene.meshes[node.mesh].joints
    count = len(scene.skins[node.skin].joints)
    return joints is not None and not 0 <= joints.min(initial=0) <= joints.max(initial=0) < count


def _check_tree(scene: Scene) -> None:
    depth = np.zeros(len(scene.nodes), np.int64)
    for number, node in enumerate(scene.nodes):
        if not -1 <= node.parent < number or not np.isfinite(node.matrix).all():
            raise UnreadableInput("the mesh is broken: its nodes are no tree, or stand nowhere")
        depth[number] = depth[node.parent] + 1 if node.parent >= 0 else 0
    matrices = [world_matrices(scene.nodes), *(skin.bind for skin in scene.skins)]
    if not all((np.abs(found) <= LARGEST_M).all() for found in matrices):  # False for NaN too
        raise UnreadableInput("the mesh is broken: its nodes stand at no place that there is")
    if depth.max(initial=0) > DEEPEST:
        raise UnreadableInput(f"the mesh has nodes nested more than {DEEPEST} deep")


def _mesh(mesh: Mesh) -> Mesh:
    count = len(mesh.positions)
    faces = mesh.faces
    if len(faces) and (faces.min() < 0 or faces.max() >= count):
        raise UnreadableInput("the mesh is broken: its faces name vertices that are not there")
    positions = mesh.positions
    # Vertices that nobody uses may be anything; at 0 they do no harm.
    if not (np.isfinite(positions).all() and np.abs(positions).max(initial=0.0) <= LARGEST_M):
        sound = np.asarray((np.abs(positions) <= LARGEST_M).all(axis=1))  # False for NaN too
        if not sound[_used(mesh)].all():
            raise unsound_places(positions[_used(mesh)])
        positions = np.where(sound[:, None], positions, 0.0)
    uvs = tuple(
        uv if np.isfinite(uv).all() else np.nan_to_num(uv, posinf=0.0, neginf=0.0)
        for uv in mesh.uvs
    )
    colours = mesh.colours
    if colours is not None and not np.isfinite(colours).all():
        colours = np.clip(np.nan_to_num(colours), 0.0, 1.0)
    return replace(mesh, positions=positions, uvs=uvs, colours=colours)


def unsound_places(points: NDArray[np.float64]) -> UnreadableInput:
    """The error for points (n, 3) of which some are no numbers, or lie beyond what is taken."""
    return UnreadableInput(TOO_FAR if np.isfinite(points).all() else NOT_FINITE)


def _without_unused(mesh: Mesh) -> Mesh:
    """The mesh without vertices that no face names, where there are more than faces can name.

    A table of millions that a thousand nodes show one face of then costs what a thousand faces cost.
    """
    if len(mesh.positions) <= 3 * len(mesh.faces):
        return mesh
    used = _used(mesh)
    place = np.cumsum(used) - 1
    rows = {
        name: values[used]
        for name in ("positions", "normals", "colours", "joints", "weights")
        if (values := getattr(mesh, name)) is not None
    }
    return replace(mesh, **rows, faces=place[mesh.faces], uvs=tuple(uv[used] for uv in mesh.uvs))


def _ends(points: NDArray[np.float64], end: Callable[..., float]) -> NDArray[np.float64]:
    """Least or greatest of each axis; axis by axis, since numpy is slow along rows of three."""
    return np.array([end(points[:, axis]) for axis in range(3)])


def _used(mesh: Mesh) -> NDArray[np.bool_]:
    """(n,): the vertices that faces name."""
    used = np.zeros(len(mesh.positions), bool)
    used[mesh.faces.reshape(-1)] = True
    return used


def _check_size(scene: Scene) -> None:
    world = world_matrices(scene.nodes)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for number, node in enumerate(scene.nodes):
        if node.mesh is None or not len(scene.meshes[node.mesh].faces):
            continue
        mesh = scene.meshes[node.mesh]
        points = mesh.positions[_used(mesh)]
        turn = np.eye(4) if node.skin is not None else world[number]
        with np.errstate(over="ignore", invalid="ignore"):
            points = points @ turn[:3, :3].T + turn[:3, 3]
        low, high = np.minimum(low, _ends(points, np.min)), np.maximum(high, _ends(points, np.max))
    # Places and matrices have been looked at, so what is not finite here became so by their product.
    if not np.abs([low, high]).max() <= LARGEST_M:
        raise UnreadableInput(TOO_FAR)
    if (high - low).max() <= 0.0:
        raise NothingToModel("the mesh has no size: all its vertices lie on one point")
