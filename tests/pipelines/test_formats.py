"""Every format that is written, read back: places, faces, names, colours, UVs, materials, size and orientation."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.errors import NothingToModel, UnreadableInput
from pipelines.formats import files
from pipelines.formats.scene import CLAMP, Material, Mesh, Node, Opened, Scene, Texture, face_count
from pipelines.formats.trees import placed
from tests import gltf_validator
from tests.pipelines import scenes

STILL_FORMATS = ("glb", "obj", "ply", "stl", "fbx")


def turned(scene: Scene, folder: Path, kind: str) -> Opened:
    """The scene written and read back."""
    written = files.write(scene, folder, "made", kind)
    assert written.names[0] == f"made.{kind}"
    assert all((folder / name).stat().st_size for name in written.names)
    return files.read((folder / written.names[0]).read_bytes(), kind)


def corners(scene: Scene) -> np.ndarray:
    """Triangles (m, 9) in the scene's frame, from each one's least corner on, sorted: what a file must keep."""
    rows = []
    for mesh in placed(scene):
        for face in mesh.positions[mesh.faces]:
            first = min(range(3), key=lambda k: tuple(np.round(face[k], 4)))
            rows.append(np.roll(face, -first, axis=0).reshape(-1))
    found = np.array(rows)
    return found[np.lexsort(np.round(found, 4).T)]


@pytest.mark.parametrize("kind", STILL_FORMATS)
def test_every_triangle_stands_where_it_stood_and_is_wound_as_it_was(
    kind: str, tmp_path: Path
) -> None:
    scene = scenes.still()
    found = turned(scene, tmp_path, kind).scene
    assert face_count(found) == face_count(scene) == 24
    np.testing.assert_allclose(corners(found), corners(scene), atol=1e-5)


@pytest.mark.parametrize("kind", ["glb", "obj", "ply", "fbx"])
def test_uvs_and_colours_stay_at_their_corners(kind: str, tmp_path: Path) -> None:
    shape = replace(scenes.box(), colours=np.random.default_rng(2).random((24, 4)))
    shape.colours[:, 3] = 1.0
    found = turned(Scene((Node("box", mesh=0),), (shape,)), tmp_path, kind).scene.meshes[0]

    def rows(mesh: Mesh) -> np.ndarray:
        at = mesh.faces.reshape(-1)
        table = np.column_stack([mesh.positions[at], mesh.uvs[0][at], mesh.colours[at]])
        return table[np.lexsort(np.round(table[:, :5], 4).T)]

    # PLY has a byte for each channel, in sRGB.
    np.testing.assert_allclose(rows(found), rows(shape), atol=0.012 if kind == "ply" else 1e-5)


@pytest.mark.parametrize("kind", ["glb", "obj", "fbx"])
def test_names_of_nodes_and_materials_stay(kind: str, tmp_path: Path) -> None:
    found = turned(scenes.still(), tmp_path, kind).scene
    shown = {node.name for node in found.nodes if node.mesh is not None}
    assert shown == {"lid", "foot"}
    assert {material.name for material in found.materials} == {"painted", "plain steel"}
    for mesh in found.meshes:
        counts = np.bincount(mesh.material)
        assert sorted(counts[counts > 0]) == [6, 6]


@pytest.mark.parametrize("kind", ["glb", "fbx"])
def test_the_hierarchy_stays(kind: str, tmp_path: Path) -> None:
    nodes = turned(scenes.still(), tmp_path, kind).scene.nodes
    lid = next(node for node in nodes if node.name == "lid")
    assert nodes[lid.parent].name == "crate"
    np.testing.assert_allclose(lid.matrix, scenes.still().nodes[1].matrix, atol=1e-6)


@pytest.mark.parametrize("kind", ["glb", "fbx"])
def test_a_texture_stays_to_the_byte(kind: str, tmp_path: Path) -> None:
    scene = scenes.still()
    white = replace(scene.materials[0], colour=(1.0, 1.0, 1.0, 1.0))
    scene = replace(scene, materials=(white, scene.materials[1]))
    found = turned(scene, tmp_path, kind).scene
    painted, plain = sorted(found.materials, key=lambda material: material.name)
    assert painted.base_colour is not None
    assert painted.base_colour.picture.data == scenes.picture().data
    np.testing.assert_allclose(painted.colour, (1.0, 1.0, 1.0, 1.0), atol=1e-6)
    np.testing.assert_allclose(plain.colour, (0.2, 0.3, 0.4, 1.0), atol=1e-6)
    np.testing.assert_allclose((plain.metalness, plain.roughness), (1.0, 0.3), atol=1e-6)


@pytest.mark.parametrize("kind", ["glb", "fbx"])
def test_joints_and_weights_stay(kind: str, tmp_path: Path) -> None:
    scene = scenes.skinned()
    found = turned(scene, tmp_path, kind).scene
    skin = found.skins[0]
    names = [found.nodes[joint].name for joint in skin.joints]
    assert set(names) == {"Hips", "Spine"}
    place = {name: number for number, name in enumerate(names)}
    np.testing.assert_allclose(skin.bind[place["Spine"]][:3, 3], (0.0, 1.0, 0.0), atol=1e-6)
    mesh = found.meshes[0]
    spine = np.where(mesh.joints == place["Spine"], mesh.weights, 0.0).sum(1)
    np.testing.assert_allclose(spine, np.where(mesh.positions[:, 1] > 1.0, 0.75, 0.0), atol=1e-6)


@pytest.mark.parametrize("scene", [scenes.still(), scenes.skinned()], ids=["still", "skinned"])
def test_a_glb_passes_the_validator(scene: Scene, tmp_path: Path) -> None:
    files.write(scene, tmp_path, "made", "glb")
    report = gltf_validator.validate(tmp_path / "made.glb")
    assert (report.num_errors, report.num_warnings) == (0, 0), report.complaints


def odd_scenes() -> dict[str, Scene]:
    """Trees that glTF does not allow as they are."""
    skewed = np.array([[1, 0.5, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    mirrored = np.diag([-1.0, 1.0, 1.0, 1.0])
    shape = scenes.box()
    normal = Material("bumpy", normal=Texture(scenes.picture(), wrap=(CLAMP, CLAMP)))
    far = Material("far", base_colour=Texture(scenes.picture(), uv_set=3))
    webp = Material("webp", base_colour=Texture(scenes.picture(kind="WEBP")))
    legs = scenes.skinned()
    apart = (replace(legs.nodes[1], parent=-1), legs.nodes[0], legs.nodes[2])
    held = (
        *legs.nodes[:2],
        Node("holder", matrix=mirrored),
        replace(legs.nodes[2], parent=2),
        Node("hat", parent=3),
    )
    numbers = np.zeros(12, np.int64)
    return {
        "skewed": Scene((Node("a", matrix=skewed, mesh=0),), (shape,)),
        "mirrored": Scene((Node("a", matrix=mirrored, mesh=0),), (shape,)),
        "no normals": Scene(
            (Node("", mesh=0),), (replace(shape, normals=None, material=numbers),), (normal,)
        ),
        "no such UVs": Scene((Node("", mesh=0),), (replace(shape, material=numbers),), (far,)),
        "webp": Scene((Node("", mesh=0),), (replace(shape, material=numbers),), (webp,)),
        "two trees of joints": replace(legs, nodes=apart),
        "a skinned mesh in a tree": replace(legs, nodes=held),
        "weights without a skin": replace(
            legs, nodes=(replace(legs.nodes[2], skin=None),), skins=()
        ),
        "an empty mesh": Scene(
            (Node("a", mesh=0), Node("b", mesh=1)),
            (shape, Mesh("none", np.zeros((0, 3)), np.zeros((0, 3), int))),
        ),
    }


@pytest.mark.parametrize("name", odd_scenes())
def test_an_odd_scene_becomes_a_sound_glb(name: str, tmp_path: Path) -> None:
    scene = odd_scenes()[name]
    found = turned(scene, tmp_path, "glb").scene
    report = gltf_validator.validate(tmp_path / "made.glb")
    assert (report.num_errors, report.num_warnings) == (0, 0), report.complaints
    np.testing.assert_allclose(corners(found), corners(scene), atol=1e-5)


def test_an_obj_brings_its_materials_and_pictures(tmp_path: Path) -> None:
    rough = Material("rough", metallic_roughness=Texture(scenes.picture("mr")))
    scene = scenes.still()
    scene = replace(scene, materials=(scene.materials[0], rough))
    written = files.write(scene, tmp_path, "made", "obj")
    assert written.names[:2] == ("made.obj", "made.mtl")
    text = (tmp_path / "made.mtl").read_text()
    named = [line.split()[1] for line in text.splitlines() if line.startswith("map_")]
    assert set(written.names[2:]) == set(named)
    assert (tmp_path / "made_paint.png").read_bytes() == scenes.picture().data
    roughness = np.asarray(Image.open(tmp_path / "made_roughness.png"))
    whole = np.asarray(Image.open(io.BytesIO(scenes.picture().data)))
    np.testing.assert_array_equal(roughness, whole[..., 1])
    loaded = trimesh.load_scene(tmp_path / "made.obj")
    assert sum(len(part.faces) for part in loaded.geometry.values()) == 24


def test_a_ply_takes_its_colours_from_the_texture(tmp_path: Path) -> None:
    shape = replace(scenes.box(), material=np.zeros(12, np.int64))
    painted = Material("p", base_colour=Texture(scenes.picture()))
    files.write(Scene((Node("", mesh=0),), (shape,), (painted,)), tmp_path, "made", "ply")
    loaded = trimesh.load(tmp_path / "made.ply", process=False)
    texels = np.asarray(Image.open(io.BytesIO(scenes.picture().data)))
    place = np.minimum((shape.uvs[0] * 4).astype(int), 3)
    row = loaded.metadata["_ply_raw"]["vertex"]["data"]
    shown = np.column_stack([row[name].reshape(-1) for name in ("red", "green", "blue")])
    np.testing.assert_array_equal(shown, texels[place[:, 1], place[:, 0]])


OBJ = b"""# forms of corners
  v 0 0 0
v 1 0 0\r
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vn 0 0 1
o first
usemtl red
f 1/1/1 2/2/1 3/3/1
usemtl blue
f 1//1 3//1 \\
 4//1
o second
f -4 -3 -2 -1
f 1/1 2 3
"""


def test_an_obj_is_read_with_all_forms_of_corners() -> None:
    scene = files.read(OBJ, "obj").scene
    assert [(mesh.name, len(mesh.faces)) for mesh in scene.meshes] == [("first", 2), ("second", 3)]
    assert [material.name for material in scene.materials] == ["blue", "red"]
    first = scene.meshes[0]
    assert first.material.tolist() == [1, 0]
    np.testing.assert_array_equal(
        first.positions[first.faces[1]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]
    )
    np.testing.assert_array_equal(first.uvs[0][first.faces[0]], [[0, 1], [1, 1], [1, 0]])
    assert (first.normals == (0, 0, 1)).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"v 0 0 0\nf 1 2 3\n", "line 2 names vertex 2, and the file has 1"),
        (b"v 0 0\nf 1 1 1\n", "too few numbers"),
        (b"v a b c\nf 1 1 1\n", "too few numbers, or words"),
        (b"v 0 0 0\nf 1 1 x\n", "not made of whole numbers"),
        (b"v 0 0 0\nf 0 1 1\n", "vertex 0"),
        (b"v 0 0 0\nf -2 1 1\n", "vertex -2"),
        (b"v 0 0 0\nv nan 1 1\nv 1 1 1\nf 1 2 3\n", "not finite"),
        (b"v 0 0 0\nv 1e38 1 1\nv 1 1 1\nf 1 2 3\n", "too large: .* beyond 1e18; scale it down"),
    ],
)
def test_a_broken_obj_is_told_by_its_line(text: bytes, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said):
        files.read(text, "obj")


def test_a_mesh_without_faces_or_size_is_nothing() -> None:
    for text in (b"v 0 0 0\nv 1 0 0\n", b"v 1 1 1\nf 1 1 1\n"):
        with pytest.raises(NothingToModel):
            files.read(text, "obj")


def test_a_gltf_in_json_is_read_with_everything_inside(tmp_path: Path) -> None:
    import base64
    import json

    files.write(scenes.still(), tmp_path, "made", "glb")
    data = (tmp_path / "made.glb").read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    view = document["bufferViews"][document["images"][0].pop("bufferView")]
    inner = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
    document["images"][0]["uri"] = "data:image/png;base64," + base64.b64encode(inner).decode()
    document["buffers"][0]["uri"] = (
        "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    )
    found = files.read(json.dumps(document).encode(), "gltf").scene
    np.testing.assert_allclose(corners(found), corners(scenes.still()), atol=1e-5)
    assert found.materials[0].base_colour.picture.data == scenes.picture().data


@pytest.mark.parametrize(
    "uri", ["../secret.bin", "/etc/passwd", "http://example.org/a.bin", "a.bin", 7]
)
def test_nothing_outside_a_gltf_is_opened(uri: object) -> None:
    import json

    document = {"asset": {"version": "2.0"}, "buffers": [{"uri": uri, "byteLength": 4}]}
    with pytest.raises(UnreadableInput, match="in another file"):
        files.read(json.dumps(document).encode(), "gltf")


@pytest.mark.parametrize("first", STILL_FORMATS)
@pytest.mark.parametrize("second", STILL_FORMATS)
def test_through_any_two_formats_size_and_orientation_stay(
    first: str, second: str, tmp_path: Path
) -> None:
    scene = scenes.still()
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    once = turned(scene, tmp_path / "first", first).scene
    twice = turned(once, tmp_path / "second", second).scene
    np.testing.assert_allclose(corners(twice), corners(scene), atol=2e-5)
