"""Skins and skeletons of FBX files, and whole scenes through our own writer and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput
from pipelines.formats.fbx import read as fbx_read
from pipelines.formats.fbx import write as fbx_write
from pipelines.formats.scene import Mesh, Opened, Scene, world_matrices
from pipelines.formats.trees import placed
from tests.pipelines import scenes
from tests.pipelines.fbx_bytes import (
    CUBE,
    FORMS,
    SIDES,
    N,
    binary,
    cube_file,
    geometry,
    link,
    model,
    named,
    text,
    whole,
)

Z = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])  # a quarter turn about Z


def read(elements: list[N]) -> Opened:
    return fbx_read.read(binary(elements))


def cluster(key: int, points: list[int], weights: list[float], at: tuple[float, float, float]) -> N:
    """A joint that stood at `at`, unturned, when the mesh, at the origin, was bound."""
    link_matrix, inverse = np.eye(4), np.eye(4)
    link_matrix[:3, 3], inverse[:3, 3] = at, -np.array(at)
    rows = [
        N("Indexes", (np.array(points, np.int32),)),
        N("Weights", (np.array(weights, np.float64),)),
        N("Transform", (inverse.T.reshape(-1),)),
        N("TransformLink", (link_matrix.T.reshape(-1),)),
    ]
    return N("Deformer", (key, named("", "SubDeformer"), "Cluster"), rows)


def rig(*clusters: N, joints: int = 2, **last: Any) -> list[N]:
    """The cube on a chain of joints, 100 cm each upward from the origin; the last with the properties given."""
    up = {"Lcl_Translation": (0.0, 100.0, 0.0)}
    bones = [
        model(
            100 + n,
            f"joint {n}",
            "LimbNode",
            **(up if n else {}),
            **(last if n == joints - 1 else {}),
        )
        for n in range(joints)
    ]
    objects = [
        geometry(10, CUBE, SIDES),
        model(1, "Cube"),
        *bones,
        N("Deformer", (50, named("", "Deformer"), "Skin")),
        *clusters,
    ]
    links = [link(1, 0), link(10, 1), link(50, 10)]
    links += [link(100 + n, 99 + n if n else 0) for n in range(joints)]
    for number, found in enumerate(clusters):
        links += [link(found.values[0], 50), link(100 + number, found.values[0])]
    return whole(objects, links)


LOW = [n for n in range(8) if CUBE[n][1] == 0]
HIGH = [n for n in range(8) if CUBE[n][1] == 200]
BOTH = (
    cluster(200, LOW, [1.0] * 4, (0, 0, 0)),
    cluster(201, HIGH, [0.4] * 4, (0, 100, 0)),
)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_skin_binds_vertices_to_joints(form):
    scene = fbx_read.read(form(rig(*BOTH))).scene
    (mesh,), (skin,) = scene.meshes, scene.skins
    assert [scene.nodes[joint].name for joint in skin.joints] == ["joint 0", "joint 1"]
    assert np.allclose(mesh.weights.sum(1), 1.0)
    moved_by = mesh.joints[np.arange(8), mesh.weights.argmax(1)]
    assert np.array_equal(moved_by == 1, mesh.positions[:, 1] > 1.0)
    assert np.allclose(skin.bind[:, :3, 3], [(0, 0, 0), (0, 1, 0)])
    node = next(node for node in scene.nodes if node.mesh is not None)
    assert node.skin == 0


def test_a_joint_that_turns_takes_its_vertices_along():
    scene = read(rig(*BOTH, Lcl_Rotation=(0.0, 0.0, 90.0))).scene
    (mesh,) = placed(scene)
    top = scene.meshes[0].positions[:, 1] > 1.0
    about = np.array([0.0, 1.0, 0.0])
    assert np.allclose(mesh.positions[top], (scene.meshes[0].positions[top] - about) @ Z.T + about)
    assert np.allclose(mesh.positions[~top], scene.meshes[0].positions[~top])


def test_the_four_strongest_of_many_joints_are_kept():
    weights = [0.05, 0.3, 0.1, 0.25, 0.2, 0.1]
    found = [
        cluster(200 + n, list(range(8)), [weight] * 8, (0, 0, 0))
        for n, weight in enumerate(weights)
    ]
    opened = read(rig(*found, joints=6))
    (mesh,) = opened.scene.meshes
    assert mesh.joints[0].tolist() == [1, 3, 4, 2]
    assert mesh.weights[0] == pytest.approx(np.array([0.3, 0.25, 0.2, 0.1]) / 0.85)
    assert any("more than 4 joints" in sentence for sentence in opened.lost)


def test_points_that_no_joint_moves_stay_with_their_mesh():
    rows = rig(cluster(200, LOW, [1.0] * 4, (0, 0, 0)), joints=1, Lcl_Translation=(0.0, 0.0, 300.0))
    (mesh,) = placed(read(rows).scene)
    assert np.allclose(mesh.positions[mesh.positions[:, 1] == 2.0][:, 2].max(), 2.0)
    assert mesh.positions[mesh.positions[:, 1] == 0.0][:, 2].min() == pytest.approx(3.0)


def test_a_skinned_mesh_lies_in_the_scenes_frame_as_it_was_bound():
    """As Blender writes rigs: the mesh lies on its back, a hundredth of its size, and its node sets it upright."""
    small = [(x / 100, -z / 100, y / 100) for x, y, z in CUBE]
    rows = rig(*BOTH)
    upright = np.array([[100.0, 0, 0, 0], [0, 0, 100, 0], [0, -100, 0, 0], [0, 0, 0, 1]])
    for found in rows[2].inside:
        for part in found.inside:
            if part.name == "Transform":
                part.values = ((part.values[0].reshape(4, 4).T @ upright).T.reshape(-1),)
    rows[2].inside[0] = geometry(10, small, SIDES)
    turned = {"Lcl_Rotation": (-90.0, 0.0, 0.0), "Lcl_Scaling": (100.0, 100.0, 100.0)}
    rows[2].inside[1] = model(1, "Cube", **turned)
    rows[2].inside.append(model(7, "hat", "Null", Lcl_Translation=(0.0, 0.0, 2.0)))
    rows[3].inside.append(link(7, 1))
    scene = read(rows).scene
    world = world_matrices(scene.nodes)
    names = [node.name for node in scene.nodes]
    assert np.allclose(scene.meshes[0].positions, np.array(CUBE) / 100.0)
    assert np.allclose(placed(scene)[0].positions, np.array(CUBE) / 100.0)
    assert np.allclose(world[names.index("Cube")], np.eye(4))
    assert np.allclose(world[names.index("hat")][:3, 3], (0, 2, 0)), "what hangs on it stays"


@pytest.mark.parametrize("weights", [[0.0] * 4, [np.nan] * 4, [-1.0] * 4])
def test_a_rig_without_weights_is_a_skeleton_and_no_skin(weights):
    scene = read(rig(cluster(200, LOW, weights, (0, 0, 0)))).scene
    assert scene.meshes[0].weights is None and all(node.skin is None for node in scene.nodes)
    assert [scene.nodes[joint].name for joint in scene.skins[0].joints] == ["joint 0", "joint 1"]


def test_a_file_with_a_skeleton_alone_has_its_joints():
    rows = whole(
        [
            model(1, "hip", "LimbNode"),
            model(2, "knee", "LimbNode", Lcl_Translation=(0.0, -40.0, 0.0)),
        ],
        [link(1, 0), link(2, 1)],
    )
    scene = read(rows).scene
    assert scene.skins[0].joints == (0, 1) and np.allclose(
        scene.skins[0].bind[1][:3, 3], (0, -0.4, 0)
    )


def test_tips_without_weights_belong_to_the_skin():
    scene = read(rig(*BOTH, joints=3)).scene
    (skin,) = scene.skins
    assert [scene.nodes[joint].name for joint in skin.joints] == ["joint 0", "joint 1", "joint 2"]
    assert np.allclose(skin.bind[2][:3, 3], (0, 2, 0))


def test_weights_that_fit_no_point_are_dropped_and_told():
    opened = read(rig(cluster(200, [*LOW, 8, -1], [1.0] * 6, (0, 0, 0)), BOTH[1]))
    assert np.allclose(opened.scene.meshes[0].weights.sum(1), 1.0)
    assert any("2 weights or joints" in sentence for sentence in opened.lost)


def test_a_point_that_a_cluster_names_twice_has_that_joint_once():
    opened = read(
        rig(
            cluster(200, LOW * 2, [0.25] * 8, (0, 0, 0)),
            cluster(201, list(range(8)), [0.5] * 8, (0, 100, 0)),
        )
    )
    (mesh,) = opened.scene.meshes
    low = mesh.positions[:, 1] == 0
    assert (np.count_nonzero(mesh.weights[low], axis=1) == 2).all() and np.allclose(
        mesh.weights[low].max(1), 0.5
    )


# What is left out, and whole scenes


def test_what_a_scene_cannot_hold_is_told():
    rows = cube_file()
    rows[2].inside += [
        model(2, "view", "Camera"),
        model(3, "lamp", "Light"),
        model(4, "Producer Top", "Camera"),
        N("AnimationCurve", (60, named("", "AnimCurve"), ""), [N("Default", (0.0,))]),
        N("Deformer", (61, named("smile", "SubDeformer"), "BlendShapeChannel")),
        N("Geometry", (62, named("hull", "Geometry"), "NurbsSurface")),
    ]
    said = " ".join(read(rows).lost)
    for word in ("animations", "1 blend shapes", "1 cameras", "lights", "NURBS"):
        assert word in said
    assert not read(cube_file()).lost


@pytest.mark.parametrize("made", [scenes.still, scenes.skinned])
def test_what_our_writer_writes_comes_back(made, tmp_path):
    scene: Scene = made()
    fbx_write.write(scene, tmp_path / "scene.fbx")
    found = fbx_read.read((tmp_path / "scene.fbx").read_bytes()).scene
    names = [node.name for node in scene.nodes]
    assert [node.name for node in found.nodes] == names
    assert np.allclose(world_matrices(found.nodes), world_matrices(scene.nodes), atol=1e-5)
    for was, now in zip(placed(scene), placed(found), strict=True):
        assert np.allclose(was.positions[was.faces], now.positions[now.faces], atol=1e-5)
        assert np.allclose(was.normals[was.faces], now.normals[now.faces], atol=1e-5)
        assert np.allclose(was.uvs[0][was.faces], now.uvs[0][now.faces], atol=1e-5)
        if was.colours is not None:
            assert np.allclose(was.colours[was.faces], now.colours[now.faces], atol=1e-5)
    for was, now in zip(scene.skins, found.skins, strict=True):
        assert was.joints == now.joints and np.allclose(was.bind, now.bind, atol=1e-5)
    was, now = scene.meshes[0], found.meshes[0]
    if was.weights is not None:
        assert np.allclose(_dense(was)[was.faces], _dense(now)[now.faces], atol=1e-5)
    if was.material is not None:
        names = [found.materials[number].name for number in now.material]
        assert names == [scene.materials[number].name for number in was.material]
    for was, now in zip(scene.materials, found.materials, strict=True):
        assert now.roughness == pytest.approx(was.roughness, abs=1e-5)
        assert now.metalness == pytest.approx(was.metalness, abs=1e-5)
        assert (now.base_colour is None) == (was.base_colour is None)


def _dense(mesh: Mesh) -> np.ndarray:
    found = np.zeros((len(mesh.positions), mesh.joints.max() + 1))
    np.add.at(found, (np.arange(len(found))[:, None], mesh.joints), mesh.weights)
    return found


def test_a_scene_that_was_read_is_written_and_read_the_same(tmp_path):
    rows = rig(*BOTH, Lcl_Rotation=(0.0, 0.0, 40.0))
    first = read(rows).scene
    fbx_write.write(first, tmp_path / "again.fbx")
    second = fbx_read.read((tmp_path / "again.fbx").read_bytes()).scene
    for was, now in zip(placed(first), placed(second), strict=True):
        assert np.allclose(was.positions[was.faces], now.positions[now.faces], atol=1e-5)


def test_files_without_anything_to_show_and_too_old_ones_are_refused():
    with pytest.raises(NothingToModel):
        read(whole([model(1, "a", "Null")], [link(1, 0)]))
    for form in (binary, text):
        with pytest.raises(UnreadableInput, match=r"6\.0 to 7\.7"):
            fbx_read.read(form([N("FBXHeaderExtension", (), [N("FBXVersion", (5800,))])], 5800))


def test_more_faces_than_are_taken_are_refused_also_when_nodes_share_them():
    side = 400
    grid = np.arange(side * side).reshape(side, side)
    quads = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], ~grid[1:, :-1]], -1).reshape(-1)
    points = np.stack([*np.meshgrid(range(side), range(side)), np.zeros((side, side))], -1)
    mesh = geometry(10, points, [])
    mesh.inside[1] = N("PolygonVertexIndex", (quads.astype(np.int32),))
    nodes = [model(100 + n, "a") for n in range(7)]
    links = [row for n in range(7) for row in (link(100 + n, 0), link(10, 100 + n))]
    with pytest.raises(InvalidValue, match="at most 2,000,000"):
        read(whole([mesh, *nodes], links))
