"""FBX files of our writer, as two foreign readers see them: Autodesk's SDK inside FBX2glTF, and three.js."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.formats.fbx import models as fbx_models
from pipelines.formats.fbx import records as fbx_records
from pipelines.formats.fbx import seams as fbx_seams
from pipelines.formats.fbx import write as fbx_write
from pipelines.formats.fbx.places import places
from pipelines.formats.fbx.skin import moved_by
from pipelines.formats.scene import (
    Material,
    Mesh,
    Node,
    Scene,
    Skin,
    world_matrices,
)
from tests.pipelines import fbx_readers
from tests.pipelines.fbx_readers import NEAR, READERS, Found, Reader, matched, posed
from tests.pipelines.fbx_scenes import (
    CASES,
    bumpy,
    chained,
    crate,
    crate_on_joints,
    in_hand,
    matrix,
    moved,
    painted,
    shared,
    two_crates,
)


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
