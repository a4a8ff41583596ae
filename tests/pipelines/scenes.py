"""Small scenes that hold a bit of everything, for tests of formats."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from pipelines.formats.scene import Material, Mesh, Node, Picture, Scene, Skin, Texture

# A box from 0 to (1, 2, 3), outward, with corners of its own for each side.
SIZE = np.array([1.0, 2.0, 3.0])


def picture(name: str = "paint", kind: str = "PNG", *, alpha: bool = False) -> Picture:
    """4 x 4 texels, each of its own colour."""
    texels = np.zeros((4, 4, 4 if alpha else 3), np.uint8)
    texels[..., 0] = np.arange(4)[:, None] * 60 + 20
    texels[..., 1] = np.arange(4)[None, :] * 60 + 20
    if alpha:
        texels[..., 3] = 128
    stream = io.BytesIO()
    Image.fromarray(texels).save(stream, kind)
    return Picture(name, f"image/{kind.lower()}", stream.getvalue())


def box(name: str = "box") -> Mesh:
    """24 vertices, 12 faces, normals, UVs within 0..1, no colour."""
    corners, normals, uvs, faces = [], [], [], []
    for axis in range(3):
        for side in (0.0, 1.0):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            start = len(corners)
            for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):
                corner = np.zeros(3)
                corner[[axis, u, v]] = side, a, b
                corners.append(corner * SIZE)
                uvs.append((a * 0.5 + 0.1 * axis, b * 0.3 + 0.2 * side))
                normals.append(np.eye(3)[axis] * (1.0 if side else -1.0))
            quad = [(0, 1, 2), (0, 2, 3)] if side else [(0, 2, 1), (0, 3, 2)]
            faces += [[start + i for i in face] for face in quad]
    return Mesh(
        name,
        np.array(corners),
        np.array(faces, np.int64),
        np.array(normals),
        (np.array(uvs),),
    )


def still() -> Scene:
    """A node within another, both moved; a mesh with two materials, a texture and colours of vertices; used twice."""
    from dataclasses import replace

    shape = box()
    rng = np.random.default_rng(1)
    shape = replace(
        shape,
        material=np.repeat([0, 1], 6).astype(np.int64),
        colours=np.column_stack([rng.random((24, 3)), np.ones(24)]),
    )
    lift = np.eye(4)
    lift[:3, 3] = (0.0, 5.0, 0.0)
    turn = np.array([[0, 0, 2.0, 1], [0, 2.0, 0, 0], [-2.0, 0, 0, 0], [0, 0, 0, 1.0]])
    nodes = (
        Node("crate", matrix=lift),
        Node("lid", parent=0, matrix=turn, mesh=0),
        Node("foot", parent=0, mesh=0),
    )
    painted = Material(
        "painted", colour=(1.0, 0.5, 0.25, 1.0), roughness=0.7, base_colour=Texture(picture())
    )
    plain = Material("plain steel", colour=(0.2, 0.3, 0.4, 1.0), metalness=1.0, roughness=0.3)
    return Scene(nodes, (shape,), (painted, plain))


def skinned() -> Scene:
    """A box on two joints: the upper one moves what is above the middle."""
    from dataclasses import replace

    shape = box("body")
    high = shape.positions[:, 1] > 1.0
    joints = np.zeros((24, 4), np.int64)
    weights = np.zeros((24, 4))
    joints[:, 1] = 1
    weights[:, 0], weights[:, 1] = np.where(high, 0.25, 1.0), np.where(high, 0.75, 0.0)
    shape = replace(shape, joints=np.where(weights > 0, joints, 0), weights=weights)
    upper = np.eye(4)
    upper[1, 3] = 1.0
    nodes = (
        Node("Hips", matrix=np.eye(4)),
        Node("Spine", parent=0, matrix=upper),
        Node("body", mesh=0, skin=0),
    )
    bind = np.stack([np.eye(4), upper])
    return Scene(nodes, (shape,), (), (Skin((0, 1), bind, "skeleton"),))
