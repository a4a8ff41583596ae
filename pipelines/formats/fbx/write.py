"""A Scene to a binary FBX file, version 7.4: centimetres, Y up, front to +Z, pictures inside.

Each mesh is written once for each skin it hangs on, since FBX hangs skins on meshes; nodes share it. Nothing is said of
animations: a scene has none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pipelines.formats.fbx import material as fbx_material
from pipelines.formats.fbx import mesh as fbx_mesh
from pipelines.formats.fbx import models as fbx_models
from pipelines.formats.fbx import preamble as fbx_preamble
from pipelines.formats.fbx import seams as fbx_seams
from pipelines.formats.fbx import skin as fbx_skin
from pipelines.formats.fbx import texture as fbx_texture
from pipelines.formats.fbx.models import Tree
from pipelines.formats.fbx.places import in_centimetres
from pipelines.formats.fbx.records import Id, Record, document
from pipelines.formats.gltf_surfaces import PLAIN, PLAIN_COLOURED
from pipelines.formats.pictures import file_names
from pipelines.formats.scene import Mesh, Node, Picture, Scene, Texture, Written

FIRST_ID = 1_000_000


def write(scene: Scene, path: Path) -> Written:
    """Write `scene` at `path`. Raises fbx_records.TooLarge for more than 4 GiB."""
    writer = _Writer(_settled(scene))
    records = writer.records()
    with path.open("wb") as file:
        file.writelines(document(records))
    return Written((path.name,), tuple(dict.fromkeys(writer.lost)))


def _settled(scene: Scene) -> Scene:
    """Without what would draw nothing: meshes without faces, skins on meshes without weights that fit them."""
    return replace(scene, nodes=tuple(_settled_node(scene, node) for node in scene.nodes))


def _settled_node(scene: Scene, node: Node) -> Node:
    mesh = None if node.mesh is None else scene.meshes[node.mesh]
    if mesh is None or not len(mesh.faces):
        return replace(node, mesh=None, skin=None)
    if node.skin is None or mesh.joints is None or mesh.weights is None:
        return replace(node, skin=None)
    fits = mesh.joints.max(initial=0) < len(scene.skins[node.skin].joints)
    return node if fits else replace(node, skin=None)


@dataclass
class _Writer:
    scene: Scene
    objects: list[Record] = field(default_factory=list)
    joins: list[Record] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    next_id: int = FIRST_ID
    wholes: dict[int, Mesh] = field(default_factory=dict)
    materials: dict[object, int] = field(default_factory=dict)
    videos: dict[Picture, tuple[Id, str]] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    surfaces: fbx_material.Surfaces = field(default_factory=fbx_material.Surfaces)

    def records(self) -> list[Record]:
        document_id = self._id()
        tree = fbx_models.tree(self.scene)
        self.lost.extend(tree.lost)
        first_model = self._models(tree)
        geometries = self._geometries(tree, first_model)
        self._skins(tree, first_model, geometries)
        return fbx_preamble.whole(self.objects, self.joins, document_id)

    def _id(self, count: int = 1) -> Id:
        """The first of so many new ids."""
        first = self.next_id
        self.next_id += count
        return Id(first)

    def _models(self, tree: Tree) -> int:
        first = self._id(len(tree.models))
        self.objects += fbx_models.records(tree, first)
        for number, model in enumerate(tree.models):
            above = first + model.parent if model.parent >= 0 else 0
            self.joins.append(fbx_preamble.joined(first + number, above))
        made, owners = fbx_models.attributes(tree, self.next_id)
        self._id(len(made))
        self.objects += made
        self.joins += [fbx_preamble.joined(own, first + model) for own, model in owners]
        return first

    def _geometries(self, tree: Tree, first_model: int) -> dict[tuple[int, int | None], int]:
        """The ids of the geometries by mesh and skin; joins these to the models that show them, and materials too."""
        found: dict[tuple[int, int | None], int] = {}
        for number, node in enumerate(self.scene.nodes):
            if node.mesh is None:
                continue
            mesh = self.scene.meshes[node.mesh]
            slots = fbx_mesh.materials_of(mesh)
            if (node.mesh, node.skin) not in found:
                uid = found[node.mesh, node.skin] = self._id()
                whole = self._whole(node.mesh)
                self.objects.append(fbx_mesh.geometry(mesh, whole, uid, slots))
            model = first_model + tree.shows[number]
            self.joins.append(fbx_preamble.joined(found[node.mesh, node.skin], model))
            for slot in slots:
                material = self._material(slot, mesh.colours is not None)
                self.joins.append(fbx_preamble.joined(material, model))
        return found

    def _whole(self, mesh: int) -> Mesh:
        if mesh not in self.wholes:
            self.wholes[mesh] = fbx_seams.sewn(self.scene.meshes[mesh])
        return self.wholes[mesh]

    def _material(self, slot: int, coloured: bool) -> int:
        """The id of a material of the scene; for -1, of a plain one."""
        key = slot if slot >= 0 else ("plain", coloured)
        if key not in self.materials:
            plain = PLAIN_COLOURED if coloured else PLAIN
            material = plain if slot < 0 else self.scene.materials[slot]
            surface = self.surfaces.surface(material)
            uid = self.materials[key] = self._id()
            self.objects.append(fbx_material.record(surface, uid))
            self._textures(surface, uid)
            self.lost.extend(surface.lost)
        return self.materials[key]

    def _textures(self, surface: fbx_material.Surface, material: int) -> None:
        made: dict[Texture, int] = {}
        for place, texture in surface.textures:
            if texture not in made:
                made[texture] = self._texture(texture, place)
            self.joins.append(fbx_preamble.joined(made[texture], material, place))

    def _texture(self, texture: Texture, use: str) -> int:
        """The id of a new texture, its picture in the file once."""
        if texture.picture not in self.videos:
            uid, picture = self._id(), fbx_texture.with_name(texture.picture, use)
            # Named after all before it, so that no two have one name.
            self.pictures.append(picture)
            name = file_names(self.pictures, "texture")[-1]
            self.videos[texture.picture] = (uid, name)
            self.objects.append(fbx_texture.video(picture, name, uid))
        video, name = self.videos[texture.picture]
        uid = self._id()
        self.objects.append(fbx_texture.texture(texture, use, name, uid))
        self.joins.append(fbx_preamble.joined(video, uid))
        return uid

    def _skins(
        self, tree: Tree, first_model: int, geometries: dict[tuple[int, int | None], int]
    ) -> None:
        for (mesh, skin), geometry in geometries.items():
            if skin is not None:
                self._deformers(tree, first_model, mesh, skin, geometry)
        for skin in tree.bound:
            self._pose(tree, first_model, skin)

    def _deformers(self, tree: Tree, first_model: int, mesh: int, skin: int, geometry: int) -> None:
        worn = self.scene.skins[skin]
        uid = self._id()
        self.objects.append(fbx_skin.skin(worn.name, uid))
        self.joins.append(fbx_preamble.joined(uid, geometry))
        moved = fbx_skin.moved_by(self._whole(mesh), len(worn.joints))
        bind = in_centimetres(worn.bind)
        for joint, matrix, rows in zip(worn.joints, bind, moved, strict=True):
            cluster = self._id()
            name = self.scene.nodes[joint].name
            self.objects.append(fbx_skin.cluster(name, cluster, matrix, tree.bound[skin], rows))
            self.joins.append(fbx_preamble.joined(cluster, uid))
            self.joins.append(fbx_preamble.joined(first_model + tree.holds[joint], cluster))

    def _pose(self, tree: Tree, first_model: int, skin: int) -> None:
        """Joints as bound, the meshes that wear the skin, and all that these hang on, which Maya asks for."""
        worn = self.scene.skins[skin]
        stands: dict[int, np.ndarray] = {}
        wearers = [n for n, node in enumerate(self.scene.nodes) if node.skin == skin]
        for number in (*wearers, *worn.joints):
            node = number
            while node >= 0:
                stands.setdefault(first_model + tree.holds[node], tree.world[node])
                node = self.scene.nodes[node].parent
        for number in wearers:
            stands[first_model + tree.shows[number]] = tree.bound[skin]
        for joint, matrix in zip(worn.joints, in_centimetres(worn.bind), strict=True):
            stands[first_model + tree.holds[joint]] = tree.bound[skin] @ matrix
        self.objects.append(fbx_skin.pose(worn.name, self._id(), stands))
