"""FBX files of our writer, as two foreign readers see them: Autodesk's SDK inside FBX2glTF, and three.js."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipelines.formats.fbx import models as fbx_models
from pipelines.formats.fbx import records as fbx_records
from pipelines.formats.fbx import seams as fbx_seams
from pipelines.formats.fbx import write as fbx_write
from pipelines.formats.fbx.places import places
from pipelines.formats.fbx.skin import moved_by
from pipelines.formats.scene import (
    CLAMP,
    MIRRORED,
    REPEAT,
    Material,
    Mesh,
    Node,
    Picture,
    Scene,
    Skin,
    Texture,
    world_matrices,
)
from pipelines.formats.srgb import to_linear
from tests.pipelines import fbx_readers
from tests.pipelines.fbx_readers import Found, matched, posed

NEAR = 1e-5
SDK = pytest.param(
    fbx_readers.through_sdk,
    id="sdk",
    marks=pytest.mark.skipif(
        bool(fbx_readers.sdk_missing()), reason=str(fbx_readers.sdk_missing())
    ),
)
THREE = pytest.param(fbx_readers.through_three, id="three")
READERS = [SDK, THREE]
Reader = Callable[[Path], Found]


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


def drawn(scene: Scene, number: int) -> NDArray:
    """Where the corners of a node's triangles (m, 3, 3) stand in the scene, posed by linear blend skinning."""
    node, world = scene.nodes[number], world_matrices(scene.nodes)
    assert node.mesh is not None
    mesh = scene.meshes[node.mesh]
    corners = mesh.positions[mesh.faces]
    if node.skin is None:
        return corners @ world[number, :3, :3].T + world[number, :3, 3]
    skin = scene.skins[node.skin]
    moves = world[list(skin.joints)] @ np.linalg.inv(skin.bind)
    return posed(corners, weights_of(mesh, len(skin.joints))[mesh.faces], moves)


def weights_of(mesh: Mesh, joints: int) -> NDArray:
    assert mesh.joints is not None and mesh.weights is not None
    return fbx_readers.dense(mesh.joints[:, None], mesh.weights[:, None], joints)[:, 0]


def assert_same_tree(scene: Scene, found: Found) -> None:
    names = [node.name for node in scene.nodes]
    parents = {node.name: names[node.parent] if node.parent >= 0 else "" for node in scene.nodes}
    assert found.parents == parents
    for node, place in zip(scene.nodes, world_matrices(scene.nodes), strict=True):
        if node.skin is None:  # else the joints say where it stands
            np.testing.assert_allclose(found.world[node.name], place, atol=NEAR)
    assert found.bones == {names[joint] for skin in scene.skins for joint in skin.joints}


def assert_same_meshes(scene: Scene, found: Found) -> None:
    drawing = [n for n, node in enumerate(scene.nodes) if node.mesh is not None]
    assert set(found.meshes) == {scene.nodes[n].name for n in drawing}
    for number in drawing:
        assert_same_mesh(scene, number, found)


def assert_same_mesh(scene: Scene, number: int, found: Found) -> None:
    node = scene.nodes[number]
    mesh, read = scene.meshes[node.mesh], found.meshes[node.name]
    wanted = drawn(scene, number)
    face, turn = matched(wanted, read.drawn)

    def near(values: NDArray | None, corners: NDArray | None) -> None:
        assert values is not None and corners is not None
        np.testing.assert_allclose(corners[face[:, None], turn], values, atol=NEAR)

    near(wanted, read.drawn)
    near(mesh.positions[mesh.faces], read.positions)
    if mesh.normals is not None:
        near(mesh.normals[mesh.faces], read.normals)
    for uv, corners in zip(mesh.uvs, read.uvs, strict=True):
        near(uv[mesh.faces], corners)
    if mesh.colours is not None:
        assert read.colours is not None
        near(mesh.colours[mesh.faces][..., : read.colours.shape[-1]], read.colours)
    if mesh.material is not None:
        names = [scene.materials[slot].name for slot in mesh.material]
        assert [read.materials[place] for place in face] == names
    if node.skin is not None:
        skin = scene.skins[node.skin]
        assert sorted(read.joints) == sorted(scene.nodes[joint].name for joint in skin.joints)
        order = [read.joints.index(scene.nodes[joint].name) for joint in skin.joints]
        assert read.weights is not None
        near(weights_of(mesh, len(skin.joints))[mesh.faces], read.weights[..., order])
    else:
        assert read.weights is None


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("reader", READERS)
def test_foreign_readers_see_what_was_written(reader: Reader, case: str, tmp_path):
    scene = CASES[case]()
    written = fbx_write.write(scene, tmp_path / "scene.fbx")
    assert written.names == ("scene.fbx",) and written.lost == ()
    found = reader(tmp_path / "scene.fbx")
    assert found.warnings == ()
    assert_same_tree(scene, found)
    assert_same_meshes(scene, found)


def png(colour: tuple[int, ...], mode: str = "RGB", name: str = "picture") -> Picture:
    """A small picture that is no single colour."""
    image = Image.new(mode, (8, 8), colour)
    image.putpixel((1, 2), tuple(255 - part for part in colour))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return Picture(name, "image/png", stream.getvalue())


def pixels(data: bytes | None) -> NDArray:
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def dressed(material: Material, **more: object) -> Scene:
    mesh = bumpy(material=np.zeros(80, int), **more)
    return Scene((Node("thing", mesh=0),), (mesh,), (material,))


@pytest.mark.parametrize("reader", READERS)
def test_pictures_reach_the_readers_byte_by_byte(reader: Reader, tmp_path):
    colours, normals, light = png((200, 100, 50)), png((128, 128, 250)), png((9, 8, 7))
    material = Material(
        "painted",
        base_colour=Texture(colours, 0, (CLAMP, CLAMP)),
        normal=Texture(normals, 0),
        emissive=Texture(light, 0),
        emission=(1.0, 1.0, 1.0),
    )
    written = fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    assert written.lost == ()
    found = reader(tmp_path / "scene.fbx").materials["painted"]
    assert found["map"] == colours.data
    assert found["normalMap"] == normals.data
    assert found["emissiveMap"] == light.data
    assert found.get("clamped", [True, True]) == [True, True]


@pytest.mark.parametrize("reader", READERS)
def test_colours_and_transparency_reach_the_readers(reader: Reader, tmp_path):
    material = Material(
        "glass", (0.8, 0.4, 0.2, 0.25), roughness=0.5, emission=(0.1, 0.2, 0.3), alpha_mode="BLEND"
    )
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    found = reader(tmp_path / "scene.fbx").materials["glass"]
    assert found["opacity"] == pytest.approx(0.25, abs=NEAR)
    if reader is fbx_readers.through_three:  # which takes the file's numbers for sRGB
        shown = [0.8, 0.4, 0.2, 0.1, 0.2, 0.3]
        wanted = np.where(np.array(shown) > 0, to_linear(np.array(shown)), 0)
        assert found["shininess"] == pytest.approx(25.0)
    else:
        wanted = np.array([0.8, 0.4, 0.2, 0.1, 0.2, 0.3])
    np.testing.assert_allclose([*found["colour"], *found["emission"]], wanted, atol=NEAR)


@pytest.mark.parametrize("reader", READERS)
def test_a_colour_over_a_texture_is_in_its_pixels(reader: Reader, tmp_path):
    material = Material("dyed", (0.5, 1.0, 0.0, 1.0), base_colour=Texture(png((255, 128, 64))))
    fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    found = reader(tmp_path / "scene.fbx").materials["dyed"]
    # Half of full light is 188 in sRGB.
    assert pixels(found["map"])[0, 0].tolist() == [188, 128, 0]
    np.testing.assert_allclose(found["colour"], [1, 1, 1], atol=NEAR)


@pytest.mark.parametrize("mode, kept", [("OPAQUE", 3), ("BLEND", 4)])
@pytest.mark.parametrize("reader", READERS)
def test_alpha_that_an_opaque_material_ignores_is_left_out(
    reader: Reader, mode: str, kept: int, tmp_path
):
    seen = Texture(png((10, 20, 30, 40), "RGBA"))
    material = Material("leaf", base_colour=seen, alpha_mode=mode)
    fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    found = pixels(reader(tmp_path / "scene.fbx").materials["leaf"]["map"])
    assert found[0, 0].tolist() == [10, 20, 30, 40][:kept]


@pytest.mark.parametrize("reader", READERS)
def test_a_webp_picture_becomes_a_png(reader: Reader, tmp_path):
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), (50, 100, 150)).save(stream, "WEBP", lossless=True)
    material = Material("web", base_colour=Texture(Picture("w", "image/webp", stream.getvalue())))
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    found = reader(tmp_path / "scene.fbx").materials["web"]["map"]
    assert found[:4] == b"\x89PNG" and pixels(found)[0, 0].tolist() == [50, 100, 150]


def test_occlusion_reaches_three(tmp_path):
    shade = png((90, 80, 70))
    material = Material("old", occlusion=Texture(shade))
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    found = fbx_readers.through_three(tmp_path / "scene.fbx").materials["old"]
    assert found["aoMap"] == shade.data


def embedded(path: Path) -> list[NDArray]:
    """The PNGs in a file, in order."""
    data = path.read_bytes()
    starts = [n for n in range(len(data)) if data.startswith(b"\x89PNG\r\n\x1a\n", n)]
    return [pixels(data[start:]) for start in starts]


def test_roughness_and_metalness_are_there_packed_and_apart(tmp_path):
    packed = Texture(png((0, 100, 200)))
    material = Material("worn", roughness=0.5, metalness=1.0, metallic_roughness=packed)
    written = fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    assert len(written.lost) == 1 and "Blender" in written.lost[0]
    both, rough, metal = embedded(tmp_path / "scene.fbx")
    assert both[0, 0].tolist() == [0, 50, 200] and both[2, 1].tolist() == [255, 78, 55]
    assert (rough[0, 0], rough[2, 1]) == (50, 78) and (metal[0, 0], metal[2, 1]) == (200, 55)


def test_maps_without_factors_keep_their_bytes(tmp_path):
    packed = png((0, 100, 200))
    material = Material(metalness=1.0, metallic_roughness=Texture(packed), normal=Texture(packed))
    fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    assert (tmp_path / "scene.fbx").read_bytes().count(packed.data) == 1


def flat_green(green: int) -> Texture:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (0, green, 0)).save(stream, "PNG")
    return Texture(Picture("flat", "image/png", stream.getvalue()))


def test_a_map_that_is_all_alike_is_a_number(tmp_path):
    material = Material("even", metalness=1.0, metallic_roughness=flat_green(51))
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    assert embedded(tmp_path / "scene.fbx") == []
    found = fbx_readers.through_three(tmp_path / "scene.fbx").materials["even"]
    assert found["shininess"] == pytest.approx((10 * (1 - 0.2)) ** 2)


BROKEN = Picture("broken", "image/webp", b"RIFF????WEBP")
LOST = {
    "cutoff": (Material(alpha_mode="MASK"), "cutoff"),
    "mirrored": (
        Material(base_colour=Texture(png((1, 2, 3)), 0, (MIRRORED, REPEAT))),
        "unmirrored",
    ),
    "undecodable": (Material(base_colour=Texture(BROKEN)), "cannot be decoded"),
}


@pytest.mark.parametrize("material, word", LOST.values(), ids=LOST)
def test_what_the_format_cannot_carry_is_said(material: Material, word: str, tmp_path):
    (said,) = fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost
    assert word in said


@pytest.mark.parametrize("reader", READERS)
def test_a_matrix_that_skews_becomes_two_nodes_and_moves_nothing(reader: Reader, tmp_path):
    skew = np.eye(4)
    skew[:3, :3] = [[1.0, 0.5, 0.0], [0.0, 1.0, 0.2], [0.1, 0.0, -2.0]]
    skew[:3, 3] = 1, 2, 3
    nodes = (Node("askew", matrix=skew, mesh=0), Node("below", 0, matrix((0, 1, 0)), mesh=0))
    scene = Scene(nodes, (bumpy(),))
    (said,) = fbx_write.write(scene, tmp_path / "scene.fbx").lost
    assert "'askew'" in said
    found = reader(tmp_path / "scene.fbx")
    assert found.parents == {"askew_skew": "", "askew": "askew_skew", "below": "askew"}
    assert_same_meshes(scene, found)


@pytest.mark.parametrize("reader", READERS)
def test_faces_without_a_material_beside_others_get_a_plain_one(reader: Reader, tmp_path):
    slots = np.where(np.arange(80) < 20, -1, 1)
    mesh = bumpy(material=slots, colours=None)
    materials = (Material("never used"), Material("used", (0, 1, 0, 1)))
    fbx_write.write(Scene((Node("n", mesh=0),), (mesh,), materials), tmp_path / "scene.fbx")
    read = reader(tmp_path / "scene.fbx").meshes["n"]
    assert sorted(set(read.materials)) == ["surface", "used"]
    assert read.materials.count("surface") == 20


@pytest.mark.parametrize("reader", READERS)
def test_a_mesh_without_faces_or_material_or_weights_is_no_trouble(reader: Reader, tmp_path):
    bare = Mesh("bare", bumpy().positions, bumpy().faces)
    none = Mesh("none", np.zeros((0, 3)), np.zeros((0, 3), np.int64))
    skin = Skin((0,), np.eye(4)[None])
    nodes = (Node("bone"), Node("bare", mesh=0, skin=0), Node("none", mesh=1))
    scene = Scene(nodes, (bare, none), (), (skin,))
    assert fbx_write.write(scene, tmp_path / "scene.fbx").lost == ()
    found = reader(tmp_path / "scene.fbx")
    assert set(found.parents) == {"bone", "bare", "none"} and set(found.meshes) == {"bare"}
    assert found.meshes["bare"].weights is None and len(found.meshes["bare"].positions) == 80


@pytest.mark.parametrize("reader", READERS)
def test_nodes_of_one_name_and_of_none_stay_apart(reader: Reader, tmp_path):
    nodes = (
        Node("twin", matrix=matrix((1, 0, 0)), mesh=0),
        Node("twin", matrix=matrix((0, 0, 2)), mesh=0),
        Node("", matrix=matrix((0, 4, 0)), mesh=0),
        Node("a\x00\x01b", matrix=matrix((8, 0, 0)), mesh=0),
    )
    fbx_write.write(Scene(nodes, (bumpy(),)), tmp_path / "scene.fbx")
    found = reader(tmp_path / "scene.fbx")
    assert "twin" in found.parents and "ab" in found.parents
    assert found.world["ab"][0, 3] == pytest.approx(8)


@pytest.mark.parametrize(
    "scene", [chained(), chained(scale=0.01), moved()], ids=["", "cm", "posed"]
)
def test_a_skin_is_bound_where_its_joints_stand(scene: Scene):
    """Readers that take the binding for the rest pose, as Blender does, then have the joints in their places."""
    world = world_matrices(scene.nodes)
    bound = fbx_models.tree(scene).bound[0]
    bound[:3, 3] /= 100.0
    skin = scene.skins[0]
    near = [np.allclose(bound @ b, world[j]) for b, j in zip(skin.bind, skin.joints, strict=True)]
    assert sum(near) >= len(near) / 2


def test_the_same_scene_is_the_same_bytes(tmp_path):
    for name in ("a.fbx", "b.fbx"):
        fbx_write.write(in_hand(), tmp_path / name)
    assert (tmp_path / "a.fbx").read_bytes() == (tmp_path / "b.fbx").read_bytes()


def test_a_mesh_on_two_skins_is_written_for_each_and_shared_otherwise(tmp_path):
    fbx_write.write(shared(), tmp_path / "one.fbx")
    assert (tmp_path / "one.fbx").read_bytes().count(b"\x00\x01Geometry") == 1
    scene = chained()
    (skin,) = scene.skins
    other = replace(skin, joints=skin.joints[::-1], bind=skin.bind[::-1])
    nodes = (*scene.nodes, Node("again", 0, mesh=0, skin=1))
    fbx_write.write(replace(scene, nodes=nodes, skins=(skin, other)), tmp_path / "two.fbx")
    assert (tmp_path / "two.fbx").read_bytes().count(b"\x00\x01Geometry") == 2


def three_sheets() -> Mesh:
    """Triangles with vertices of their own that meet in one edge, two of them running along it the same way."""
    ends = np.array([(0.0, 0.0, 0.0), (0.0, 1.0, 0.0)])
    tips = np.array([(1.0, 0.0, 0.0), (-1.0, 0.0, 1.0), (-1.0, 0.0, -1.0)])
    points = [row for tip, way in zip(tips, (1, 1, -1), strict=True) for row in (*ends[::way], tip)]
    normals = np.repeat(np.eye(3), 3, axis=0)
    return Mesh("sheets", np.array(points), np.arange(9).reshape(3, 3), normals)


PLACES = {
    "three sheets on one edge stay apart": (three_sheets(), 9),
    "a crate has eight corners": (crate(), 8),
    "two that share an edge stay two": (two_crates((1.0, 1.0, 0.0)), 16),
    "two that share a side keep its edges split": (two_crates((1.0, 0.0, 0.0)), 24),
    "without normals and UVs all stays as it is": (replace(crate(), normals=None, uvs=()), 24),
    "a tube has no seams": (bumpy(), 48),
    "nothing": (Mesh("", np.zeros((0, 3)), np.zeros((0, 3), np.int64)), 0),
}


@pytest.mark.parametrize("mesh, count", PLACES.values(), ids=PLACES)
def test_seams_are_sewn_and_bodies_stay_apart(mesh: Mesh, count: int):
    whole = fbx_seams.sewn(mesh)
    assert len(whole.positions) == count
    assert np.array_equal(whole.positions[whole.faces], mesh.positions[mesh.faces])


def test_a_seam_whose_sides_move_apart_stays_open():
    mesh = crate_on_joints().meshes[0]
    assert mesh.weights is not None
    assert len(fbx_seams.sewn(mesh).positions) == 8
    weights = mesh.weights.copy()
    weights[:4] = (0, 1, 0, 0)  # of one side, whose upper corners have these already
    assert len(fbx_seams.sewn(replace(mesh, weights=weights)).positions) == 10


def test_a_joint_named_twice_on_a_vertex_moves_it_by_both():
    mesh = bumpy(2, 3)
    joints = np.array([[1, 1, 0, 1]] * 6)
    weights = np.array([[0.25, 0.5, 0.25, 0.0]] * 6)
    found = list(moved_by(replace(mesh, joints=joints, weights=weights), 3))
    assert [rows.tolist() for rows, _ in found] == [[0, 1, 2, 3, 4, 5]] * 2 + [[]]
    assert found[0][1].tolist() == [0.25] * 6 and found[1][1].tolist() == [0.75] * 6


def rebuilt(matrix_: NDArray) -> NDArray:
    """The product of the places that a matrix was taken apart into."""
    made = np.eye(4)
    for place in places(matrix_):
        made = made @ matrix(place.translation, np.radians(place.turn), place.scale)
    return made


ODD = {
    "quarter turn about Y": matrix(turn=(0.3, np.pi / 2, 0.2)),
    "quarter turn back": matrix((1, 2, 3), (0.3, -np.pi / 2, 1.2), (1, 2, 3)),
    "mirrored": matrix(turn=(0.5, 0.6, 0.7), scale=(1, -2, 3)),
    "turned inside out": matrix(turn=(0.1, 0, 0), scale=(-1, -1, -1)),
    "flat": matrix(turn=(0.5, 0.6, 0.7), scale=(1, 0, 3)),
    "a point": matrix((1, 2, 3), scale=(0, 0, 0)),
    "a skew": matrix(turn=(0.5, 0, 0), scale=(1, 2, 3)) @ matrix(turn=(0, 0.4, 0.5)),
    "a mirroring skew": matrix(turn=(0.5, 0, 0), scale=(1, -2, 3)) @ matrix(turn=(0, 0.4, 0.5)),
    "a flat skew": matrix(turn=(0.5, 0, 0), scale=(1, 0, 3)) @ matrix(turn=(0, 0.4, 0.5)),
}


@pytest.mark.parametrize("whole", ODD.values(), ids=ODD)
def test_any_matrix_is_one_place_or_two(whole: NDArray):
    np.testing.assert_allclose(rebuilt(whole), whole, atol=1e-12)
    assert len(places(whole)) == (1 if np.allclose(off_diagonal(whole), 0) else 2)


def off_diagonal(whole: NDArray) -> NDArray:
    """How far the columns of a matrix are from square to each other."""
    products = whole[:3, :3].T @ whole[:3, :3]
    return products - np.diag(np.diag(products))


def test_more_than_the_format_holds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fbx_records, "MOST_BYTES", 4_000)
    with pytest.raises(fbx_records.TooLarge):
        fbx_write.write(painted(), tmp_path / "scene.fbx")
