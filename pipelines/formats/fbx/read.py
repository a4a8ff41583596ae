"""An FBX file, binary or text, version 6.0 to 7.7, to a Scene: Y up, front to +Z, metres.

The file's own frame and unit go into vertices and matrices, so that no node at the top has to turn and scale the rest.
Nothing outside the file is opened. What is not taken over is told by `lost`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue, NothingToModel
from pipelines.formats.fbx.material_read import Materials
from pipelines.formats.fbx.mesh_read import Surface, Surfaces, too_many
from pipelines.formats.fbx.objects import ROOT, Document, FbxObject, Key, document
from pipelines.formats.fbx.skin_read import Influence, Skins
from pipelines.formats.fbx.transform import geometric, into_our_frame, locals_of
from pipelines.formats.fbx.tree import broken
from pipelines.formats.scene import Mesh, Node, Opened, Scene, Skin, world_matrices
from pipelines.formats.srgb import to_linear
from pipelines.formats.trees import transformed
from pipelines.mesh_kind import MAX_FACES

MOST_NODES = 50_000
_JOINTS = ("LimbNode", "Limb", "Root")
# Cameras that every file of some programs has.
_STOCK_CAMERA = "Producer "
_CURVED = (
    "NurbsSurface",
    "NurbsCurve",
    "Nurbs",
    "NurbSurface",
    "NurbCurve",
    "Patch",
    "Boundary",
    "TrimNurbsSurface",
)


def read(data: bytes) -> Opened:
    """All nodes, meshes, materials and skins of the file.

    Raises UnreadableInput for broken files and versions that are not read, NothingToModel for one without meshes and
    joints, InvalidValue above 2 million faces.
    """
    # What is too large for a number becomes infinite and is found where places are checked.
    with np.errstate(over="ignore", invalid="ignore", under="ignore", divide="ignore"):
        return _Reader(document(data)).read()


class _Reader:
    def __init__(self, found: Document) -> None:
        self.document = found
        self.frame = into_our_frame(found.settings)
        self.inverse = np.linalg.inv(self.frame)
        self.surfaces, self.skins, self.materials = Surfaces(), Skins(found), Materials(found)
        self.models: list[FbxObject] = []
        self.parents: list[int] = []
        self.numbers: dict[Key, int] = {}
        self.read_surfaces: dict[Key, Surface | None] = {}
        self.read_skins: dict[Key, Influence | None] = {}
        self.meshes: list[Mesh] = []
        self.mesh_numbers: dict[tuple, int] = {}
        self.made_skins: list[Skin] = []
        self.skin_numbers: dict[tuple[Key, int], int] = {}
        self.faces = 0

    def read(self) -> Opened:
        self._order()
        matrices = locals_of(self.models, self.parents)
        nodes = [
            Node(model.name, parent, self._turned(matrix))
            for model, parent, matrix in zip(self.models, self.parents, matrices, strict=True)
        ]
        for number, model in enumerate(self.models):
            self._show(nodes, number, model)
        nodes = _with_skins_at_origin(nodes)
        self._check(nodes)
        joints = [n for n, model in enumerate(self.models) if _is_joint(model)]
        if not self.made_skins and joints:
            self.made_skins.append(Skin(tuple(joints), world_matrices(tuple(nodes))[joints]))
        if not self.meshes and not joints:
            raise NothingToModel("the FBX file has no mesh and no skeleton")
        scene = Scene(
            tuple(nodes), tuple(self.meshes), tuple(self.materials.made), tuple(self.made_skins)
        )
        return Opened(scene, tuple(self._lost()))

    def _order(self) -> None:
        """Models with the numbers of their parents, parents first, each once."""
        every = [model.key for model in self.document.of_kind("Model")]
        held = {
            child
            for parent, children in self.document.below.items()
            if parent == ROOT or parent in self.document.objects
            for child, _ in children
            if parent == ROOT or self.document.objects[parent].kind == "Model"
        }
        tops = [model.key for model in self.document.linked(ROOT, "Model")]
        loose = [key for key in every if key not in held]
        waiting = [(key, -1) for key in reversed([*tops, *loose])]
        while waiting:
            key, parent = waiting.pop()
            if key in self.numbers:
                continue
            self.numbers[key] = len(self.models)
            self.models.append(self.document.objects[key])
            self.parents.append(parent)
            below = self.document.linked(key, "Model")
            waiting += [(model.key, self.numbers[key]) for model in reversed(below)]
            if len(self.models) > MOST_NODES:
                raise _too_many_nodes()
        if len(self.models) < len(every):
            raise broken("its nodes hang on each other in a ring")

    def _turned(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """A matrix between frames of the file as one between ours."""
        made: NDArray[np.float64] = self.frame @ matrix @ self.inverse
        return made

    def _show(self, nodes: list[Node], number: int, model: FbxObject) -> None:
        """Hang the model's meshes on its node, those after the first on nodes inside it."""
        for count, (owner, surface) in enumerate(self._surfaces(model)):
            self.faces += len(surface.faces)
            if self.faces > MAX_FACES:
                raise too_many(self.faces)
            influence = self._influence(owner, surface)
            mesh = self._mesh(owner, model, surface, influence)
            at = number
            if count:
                at = len(nodes)
                nodes.append(Node(owner.name or model.name, number))
                if len(nodes) > MOST_NODES:
                    raise _too_many_nodes()
            skin = None if influence is None else self._skin(nodes, at, owner, surface, influence)
            nodes[at] = replace(nodes[at], mesh=mesh, skin=skin)

    def _surfaces(self, model: FbxObject) -> list[tuple[FbxObject, Surface]]:
        """The model's meshes; before version 7 it holds its mesh itself."""
        found = []
        for owner in [model, *self.document.linked(model.key, "Geometry")]:
            if owner.key not in self.read_surfaces:
                self.read_surfaces[owner.key] = self.surfaces.read(owner.element)
            surface = self.read_surfaces[owner.key]
            if surface is not None:
                found.append((owner, surface))
        return found

    def _influence(self, owner: FbxObject, surface: Surface) -> Influence | None:
        if owner.key not in self.read_skins:
            self.read_skins[owner.key] = self.skins.read(owner.key, surface.points)
        found = self.read_skins[owner.key]
        return found if found and all(key in self.numbers for key in found.models) else None

    def _mesh(
        self, owner: FbxObject, model: FbxObject, surface: Surface, influence: Influence | None
    ) -> int:
        """The number of the mesh as this model shows it; models that show it alike share it."""
        moved = geometric(model)
        numbers = self.materials.of_model(model, surface.uv_names)
        key = (owner.key, moved.tobytes(), tuple(numbers))
        if key not in self.mesh_numbers:
            name = owner.name or model.name
            mesh = _plain_mesh(name, surface, numbers, influence)
            self.mesh_numbers[key] = len(self.meshes)
            stood = np.eye(4) if influence is None else influence.stood
            self.meshes.append(transformed(mesh, self.frame @ stood @ moved))
        return self.mesh_numbers[key]

    def _skin(
        self, nodes: list[Node], at: int, owner: FbxObject, surface: Surface, influence: Influence
    ) -> int:
        """The number of the mesh's skin. Points that no joint moves stay with the mesh, by a joint of their own."""
        still = not influence.weights[surface.point].any(axis=1).all()
        key = (owner.key, at if still else -1)
        if key not in self.skin_numbers:
            joints = [self.numbers[model] for model in influence.models]
            stood = influence.stood
            bind = [self._turned(stood @ matrix) for matrix in influence.bind]
            self._add_ends(joints, bind, nodes)
            self.skins.take(len(joints))
            if still:
                joints.insert(len(influence.models), len(nodes))
                bind.insert(len(influence.models), self._turned(stood))
                mine = nodes[at]
                nodes.append(Node(f"{mine.name}_still", mine.parent, mine.matrix))
            self.skin_numbers[key] = len(self.made_skins)
            self.made_skins.append(Skin(tuple(joints), np.stack(bind)))
        return self.skin_numbers[key]

    def _add_ends(self, joints: list[int], bind: list[NDArray], nodes: list[Node]) -> None:
        """Joints without weights that hang on the skin's own, such as tips of fingers, bound as they stand to these."""
        at = {joint: place for place, joint in enumerate(joints)}
        for number, model in enumerate(self.models):
            parent = self.parents[number]
            if number not in at and parent in at and _is_joint(model):
                at[number] = len(joints)
                joints.append(number)
                bind.append(bind[at[parent]] @ nodes[number].matrix)

    def _check(self, nodes: list[Node]) -> None:
        world = world_matrices(tuple(nodes))
        places = [mesh.positions for mesh in self.meshes]
        binds = [skin.bind for skin in self.made_skins]
        if not all(np.isfinite(found).all() for found in (world, *places, *binds)):
            raise broken("it has coordinates that are not finite numbers")

    def _lost(self) -> list[str]:
        forms = [found.form for found in self.document.of_kind("NodeAttribute", "Model")]
        cameras = sum(
            found.form == "Camera" and not found.name.startswith(_STOCK_CAMERA)
            for found in self.document.of_kind("Model")
        )
        shapes = sum(
            found.form in ("BlendShapeChannel", "Shape") or found.element.first("Shape") is not None
            for found in self.document.of_kind("Deformer", "SubDeformer", "Model")
        )
        curved = sum(
            found.form in _CURVED or found.element.first("NurbsSurfaceOrder") is not None
            for found in self.document.of_kind("Geometry", "Model")
        )
        counts = (
            (self.document.animated, "animations were dropped"),
            (shapes, f"{shapes} blend shapes (morph targets) were dropped"),
            (cameras, f"{cameras} cameras were dropped"),
            ("Light" in forms, "lights were dropped"),
            (
                curved,
                f"{curved} curved surfaces or lines (NURBS) were dropped; only polygons are kept",
            ),
        )
        said = [sentence for count, sentence in counts if count]
        return said + self.surfaces.lost() + self.skins.lost() + self.materials.lost()


def _too_many_nodes() -> InvalidValue:
    return InvalidValue(f"the FBX file has more than {MOST_NODES:,} nodes; join some of them")


def _with_skins_at_origin(nodes: list[Node]) -> list[Node]:
    """Nodes of skinned meshes where the scene is; all others stay. So their meshes are in the scene's frame as bound.

    Whoever knows no skins, and draws a mesh by its node alone, then sees it upright and in its size.
    """
    was = world_matrices(tuple(nodes))
    now = was.copy()
    now[[number for number, node in enumerate(nodes) if node.skin is not None]] = np.eye(4)
    made = list(nodes)
    for number, node in enumerate(nodes):
        if node.skin is not None or (node.parent >= 0 and nodes[node.parent].skin is not None):
            above = now[node.parent] if node.parent >= 0 else np.eye(4)
            if np.isfinite(above).all():
                made[number] = replace(node, matrix=np.linalg.pinv(above) @ now[number])
    return made


def _is_joint(model: FbxObject) -> bool:
    return model.form in _JOINTS


def _plain_mesh(
    name: str, surface: Surface, numbers: list[int], influence: Influence | None
) -> Mesh:
    """The mesh in the file's frame; v runs down, colours are linear, materials have their numbers in the scene."""
    colours = surface.colours
    if colours is not None:
        colours = np.column_stack([to_linear(colours[:, :3]), colours[:, 3]])
    material = None
    if numbers:
        slots = np.clip(surface.slot, -1, len(numbers))
        material = np.array([*numbers, -1, -1], np.int64)[slots]
    joints = weights = None
    if influence is not None:
        joints, weights = influence.joints[surface.point], influence.weights[surface.point]
        unmoved = ~weights.any(axis=1)
        joints[unmoved, 0], weights[unmoved, 0] = len(influence.models), 1.0
    return Mesh(
        name,
        surface.positions,
        surface.faces,
        surface.normals,
        tuple(uv * (1.0, -1.0) + (0.0, 1.0) for uv in surface.uvs),
        colours,
        material,
        joints,
        weights,
    )
