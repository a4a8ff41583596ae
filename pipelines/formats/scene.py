"""A scene as files hold it: nodes, meshes, materials, textures, skins. Readers make one, writers take one.

glTF's words and conventions, whatever the file: right-handed, Y up, front to +Z, metres; v of UVs runs down; colours of
materials are linear; matrices act on columns. A reader brings the file's own frame and unit into this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

REPEAT, MIRRORED, CLAMP = 10497, 33648, 33071
MAX_INFLUENCES = 4


@dataclass(frozen=True, eq=False)
class Picture:
    """An image as it lies in the file: encoded bytes, "image/png", "image/jpeg" or "image/webp"."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, eq=False)
class Texture:
    """A picture on a set of UVs. `wrap` says by glTF's numbers what lies beyond 0..1 along u and v."""

    picture: Picture
    uv_set: int = 0
    wrap: tuple[int, int] = (REPEAT, REPEAT)


@dataclass(frozen=True, eq=False)
class Material:
    """glTF's metallic-roughness material. Factors multiply what the textures hold; colours are linear, 0 to 1."""

    name: str = ""
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metalness: float = 0.0
    roughness: float = 1.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    base_colour: Texture | None = None
    # Roughness in green, metalness in blue.
    metallic_roughness: Texture | None = None
    normal: Texture | None = None
    occlusion: Texture | None = None
    emissive: Texture | None = None
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False

    def textures(self) -> Iterator[tuple[str, Texture]]:
        """Its textures with the names of their fields."""
        for name in ("base_colour", "metallic_roughness", "normal", "occlusion", "emissive"):
            texture = getattr(self, name)
            if texture is not None:
                yield name, texture


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles with what their vertices carry. A vertex has one normal and one place in each set of UVs.

    positions (n, 3) float64, metres, in the frame of the node; faces (m, 3) int64, counter-clockwise from outside;
    normals (n, 3) of length 1, or None; uvs: sets of (n, 2), v down; colours (n, 4) linear, 0 to 1, or None;
    material (m,) int64, the number of each face's material in the scene, -1 for none, or None where no face has one;
    joints (n, 4) int64, numbers in the joints of the node's skin, and weights (n, 4), rows that sum to 1, or None.
    """

    name: str
    positions: NDArray[np.float64]
    faces: NDArray[np.int64]
    normals: NDArray[np.float64] | None = None
    uvs: tuple[NDArray[np.float64], ...] = ()
    colours: NDArray[np.float64] | None = None
    material: NDArray[np.int64] | None = None
    joints: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Skin:
    """joints: numbers of nodes; bind (j, 4, 4): from each joint's frame to the mesh's, when the mesh was bound.

    The inverse bind matrices of glTF are the inverses of `bind`.
    """

    joints: tuple[int, ...]
    bind: NDArray[np.float64]
    name: str = ""


@dataclass(frozen=True, eq=False)
class Node:
    """A place in the tree. `parent` is the number of a node before it, or -1; `matrix` (4, 4) is within the parent's.

    A node with a skin is drawn where its joints stand: its own matrix then says nothing, as in glTF.
    """

    name: str
    parent: int = -1
    matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    mesh: int | None = None
    skin: int | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """All of a file. Nodes stand in an order in which parents come before their children."""

    nodes: tuple[Node, ...]
    meshes: tuple[Mesh, ...]
    materials: tuple[Material, ...] = ()
    skins: tuple[Skin, ...] = ()


@dataclass(frozen=True, eq=False)
class Opened:
    """What a reader found. `lost` are sentences for the client: what the file has and the scene has not."""

    scene: Scene
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """What a writer left, by name, the mesh itself first; `lost`: what the format cannot carry, as sentences."""

    names: tuple[str, ...]
    lost: tuple[str, ...] = ()


def world_matrices(nodes: tuple[Node, ...]) -> NDArray[np.float64]:
    """(n, 4, 4): from each node's frame to the scene's."""
    world = np.zeros((len(nodes), 4, 4))
    with np.errstate(over="ignore", invalid="ignore"):  # `checks` refuses what becomes infinite
        for number, node in enumerate(nodes):
            world[number] = node.matrix if node.parent < 0 else world[node.parent] @ node.matrix
    return world


def face_count(scene: Scene) -> int:
    """Triangles as drawn: a mesh that several nodes show counts as often."""
    return sum(len(scene.meshes[node.mesh].faces) for node in scene.nodes if node.mesh is not None)
