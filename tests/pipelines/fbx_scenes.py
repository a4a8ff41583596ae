"""Scenes that FBX files are written of in tests: tubes and crates, painted, chained, on joints."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.formats.scene import (
    Material,
    Mesh,
    Node,
    Picture,
    Scene,
    Skin,
    world_matrices,
)


def matrix(
    translation: tuple[float, ...] = (0.0, 0.0, 0.0),
    turn: tuple[float, ...] = (0.0, 0.0, 0.0),
    scale: tuple[float, ...] = (1.0, 1.0, 1.0),
) -> NDArray:
    """Turns in radians about X, then Y, then Z."""
    x, y, z = turn
    about_x = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_z = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    made = np.eye(4)
    made[:3, :3] = np.array(about_z) @ about_y @ about_x * scale
    made[:3, 3] = translation
    return made


def bumpy(rings: int = 6, around: int = 8, *, seed: int = 3, **more: object) -> Mesh:
    """A closed uneven tube along Y from 0 to 1 m, with everything on its vertices but a skin."""
    chance = np.random.default_rng(seed)
    height, angle = np.meshgrid(
        np.linspace(0, 1, rings), np.arange(around) / around * 2 * np.pi, indexing="ij"
    )
    radius = 0.2 + 0.05 * chance.random(height.shape)
    points = np.stack([radius * np.cos(angle), height, radius * np.sin(angle)], -1).reshape(-1, 3)
    number = np.arange(rings * around).reshape(rings, around)
    low, high = number[:-1], number[1:]
    right = np.roll(number, -1, axis=1)
    faces = np.concatenate(
        [
            np.stack([low, high, right[1:]], -1).reshape(-1, 3),
            np.stack([low, right[1:], right[:-1]], -1).reshape(-1, 3),
        ]
    )
    normals = chance.normal(size=points.shape)
    count = len(points)
    made = Mesh(
        "tube",
        points,
        faces,
        normals / np.linalg.norm(normals, axis=1, keepdims=True),
        (chance.random((count, 2)), chance.random((count, 2)) * 3 - 1),
        chance.random((count, 4)),
    )
    return replace(made, **more)


def painted() -> Scene:
    """Two materials face by face, names that are no ASCII, nodes turned, scaled and moved within each other."""
    mesh = bumpy()
    half = np.arange(len(mesh.faces)) % 2
    return Scene(
        (
            Node("Würfel", matrix=matrix((0.1, 0.2, 0.3), (0.3, -0.4, 0.5), (2, 2, 2))),
            Node("рука.左", 0, matrix((1, 0, -1), (0, 1.2, 0), (0.5, 0.7, 0.9)), mesh=0),
            Node("empty place", 1, matrix((0, 3, 0), (np.pi / 2, np.pi / 2, 0))),
            Node("end", 2, matrix((0, 0.1, 0), (0, -np.pi / 2, 1))),
        ),
        (replace(mesh, material=half),),
        (Material("red é", (1, 0.1, 0.2, 1)), Material("blue", (0, 0, 1, 1))),
    )


def chained(count: int = 4, scale: float = 1.0) -> Scene:
    """A tube on a chain of joints under a scaled node, at rest."""
    step = matrix((0, 1 / count, 0), (0.1, 0.2, 0), (1, 1, 1))
    nodes = [Node("Armature", matrix=matrix((0, 0.1, 0), (0, 0.5, 0), (scale,) * 3))]
    for number in range(count):
        nodes.append(Node(f"joint:{number}", number, step if number else np.eye(4)))
    nodes.append(Node("body", 0, mesh=0, skin=0))
    world = world_matrices(tuple(nodes))
    joints = tuple(range(1, count + 1))
    bind = np.linalg.inv(world[0]) @ world[list(joints)]
    mesh = skinned(bumpy(), count)
    return Scene(tuple(nodes), (mesh,), (), (Skin(joints, bind, "bones"),))


def skinned(mesh: Mesh, joints: int) -> Mesh:
    """Four influences by height, the last joint without any."""
    chance = np.random.default_rng(5)
    numbers = np.stack([chance.permutation(max(joints - 1, 4))[:4] for _ in mesh.positions])
    shares = chance.random((len(mesh.positions), 4))
    numbers, shares[:, joints - 1 :] = numbers % max(joints - 1, 1), 0.0
    return replace(mesh, joints=numbers, weights=shares / shares.sum(1, keepdims=True))


def moved() -> Scene:
    """The chain with a joint turned since it was bound, and its mesh's node somewhere else."""
    scene = chained()
    nodes = list(scene.nodes)
    nodes[3] = replace(nodes[3], matrix=nodes[3].matrix @ matrix(turn=(0.0, 0.0, 0.7)))
    nodes[-1] = replace(nodes[-1], matrix=matrix((5, 0, 0)))
    return replace(scene, nodes=tuple(nodes))


def shared() -> Scene:
    """One mesh in three places, one of them mirrored."""
    nodes = (
        Node("one", mesh=0),
        Node("two", matrix=matrix((1, 0, 0), (0, 1, 0)), mesh=0),
        Node("mirrored", matrix=matrix((-1, 0, 0), (0.2, 0.1, 0.4), (-1, 1.5, 1)), mesh=0),
    )
    return Scene(nodes, (bumpy(material=np.zeros(80, int)),), (Material("grey"),))


def in_hand() -> Scene:
    """A mesh on a joint, beside one that the joints move; two meshes wear one skin."""
    scene = chained()
    tool = bumpy(3, 5, seed=9, name="tool")
    nodes = (*scene.nodes, Node("held", 4, matrix((0.3, 0, 0)), mesh=1))
    nodes = (*nodes, Node("shirt", -1, mesh=2, skin=0))
    shirt = skinned(bumpy(4, 6, seed=11, name="shirt"), 4)
    return replace(scene, nodes=nodes, meshes=(*scene.meshes, tool, shirt))


def crate(at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Mesh:
    """A cube of 1 m whose six sides have vertices of their own, with normals and UVs of their own."""
    points, normals, uvs, faces = [], [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            right, up = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
            right = right * sign  # so that the side looks outward
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                points.append(np.eye(3)[axis] * sign / 2 + right * (u - 0.5) + up * (v - 0.5))
                normals.append(np.eye(3)[axis] * sign)
                uvs.append((u / 2 + axis, v / 2 + sign))
            first = len(points) - 4
            faces += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    return Mesh(
        "crate", np.array(points) + at, np.array(faces), np.array(normals), (np.array(uvs),)
    )


def two_crates(at: tuple[float, float, float]) -> Mesh:
    one, other = crate(), crate(at)
    return Mesh(
        "crates",
        np.concatenate([one.positions, other.positions]),
        np.concatenate([one.faces, other.faces + len(one.positions)]),
        np.concatenate([one.normals, other.normals]),
        (np.concatenate([one.uvs[0], other.uvs[0]]),),
    )


def crate_on_joints() -> Scene:
    scene = chained(2)
    mesh = crate()
    numbers = np.tile((0, 1, 0, 0), (24, 1))
    shares = mesh.positions[:, 1:2] + 0.5
    weights = np.concatenate([1 - shares, shares, 0 * shares, 0 * shares], 1)
    return replace(scene, meshes=(replace(mesh, joints=numbers, weights=weights),))


CASES = {
    "crate": lambda: Scene((Node("crate", mesh=0),), (crate(),)),
    "two crates": lambda: Scene((Node("crates", mesh=0),), (two_crates((1.0, 1.0, 0.0)),)),
    "crate on joints": crate_on_joints,
    "painted": painted,
    "rest": chained,
    "centimetre rig": lambda: chained(scale=0.01),
    "posed": moved,
    "shared": shared,
    "in hand": in_hand,
    "300 joints": lambda: chained(300),
}


def png(colour: tuple[int, ...], mode: str = "RGB", name: str = "picture") -> Picture:
    """A small picture that is no single colour."""
    image = Image.new(mode, (8, 8), colour)
    image.putpixel((1, 2), tuple(255 - part for part in colour))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return Picture(name, "image/png", stream.getvalue())


def dressed(material: Material, **more: object) -> Scene:
    mesh = bumpy(material=np.zeros(80, int), **more)
    return Scene((Node("thing", mesh=0),), (mesh,), (material,))
