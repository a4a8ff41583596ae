"""rig_mode skin on a file that brings a skeleton: names, hierarchy and bind pose stay, only the weights are new."""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from pipelines.errors import InvalidValue
from pipelines.formats import files
from pipelines.formats.scene import Mesh, Node, Scene, Skin, world_matrices
from pipelines.formats.scene_skeleton import skeleton_of
from pipelines.geometry import sent_skeleton, skin_weights, voxels
from pipelines.geometry.skeleton import Skeleton
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import document, run
from tests.pipelines.sent_glb import changed
from tests.pipelines.solids import capsule, capsule_figure, joined
from tests.pipelines.test_classic_rig import array_of, rig_of, saved
from tests.pipelines.test_rig_poses import about_z, most_stretch, posed

RIG = "auto_rig"
# The joints of the figure of the tests that this file sends: place in metres, and which it hangs on.
PLACES = {
    "pelvis": ((0, 0.9, 0), ""),
    "back": ((0, 1.2, 0), "pelvis"),
    "skull": ((0, 1.45, 0), "back"),
    "arm.L": ((0.2, 1.36, 0), "back"),
    "fore.L": ((0.45, 1.33, 0), "arm.L"),
    "arm.R": ((-0.2, 1.36, 0), "back"),
    "leg.L": ((0.11, 0.85, 0), "pelvis"),
    "leg.R": ((-0.11, 0.85, 0), "pelvis"),
    "kneeIK.L": ((0.14, 0.45, 0.6), "pelvis"),
}


def matrix(place, turn=(0.0, 0.0, 0.0), scale=1.0):
    made = np.eye(4)
    made[:3, :3] = Rotation.from_euler("xyz", turn, degrees=True).as_matrix() * scale
    made[:3, 3] = place
    return made


def scene_of(mesh, *, skinned=True, armature=None):
    """The figure with a skeleton whose joints are all turned, below a node that may be turned and scaled."""
    armature = np.eye(4) if armature is None else armature
    names = list(PLACES)
    world = [
        matrix(place, (20 * row, -35, 10 * row)) for row, (place, _) in enumerate(PLACES.values())
    ]
    nodes = [Node("Armature", matrix=armature)]
    for row, (name, (_, above)) in enumerate(PLACES.items()):
        over = world[names.index(above)] if above else armature
        parent = names.index(above) + 1 if above else 0
        nodes.append(Node(name, parent, np.linalg.inv(over) @ world[row]))
    inside = np.linalg.inv(armature)
    points = mesh.vertices @ inside[:3, :3].T + inside[:3, 3]
    joints, weights = np.zeros((len(points), 4), int), np.tile([1.0, 0, 0, 0], (len(points), 1))
    body = Mesh(
        "body",
        points,
        mesh.faces,
        joints=joints if skinned else None,
        weights=weights if skinned else None,
    )
    nodes.append(Node("body", 0, np.eye(4), 0, 0 if skinned else None))
    skin = Skin(tuple(range(1, len(names) + 1)), np.stack([inside @ m for m in world]))
    return Scene(tuple(nodes), (body,), skins=(skin,) if skinned else ())


def sent(folder, scene):
    files.write(scene, folder, "sent", "glb")
    return folder / "sent.glb"


@pytest.fixture(scope="module")
def mesh():
    return joined(capsule_figure())


# As Blender writes what it made: lying, in centimetres, put upright by a node.
BLENDER = matrix((0, 0, 0), (-90, 0, 0), 0.01)


@pytest.mark.parametrize("armature", [np.eye(4), BLENDER], ids=["plain", "lying"])
def test_the_skeleton_of_a_skin_is_kept(tmp_path, mesh, armature):
    outcome = run(
        RIG,
        {"mesh": sent(tmp_path, scene_of(mesh, armature=armature))},
        tmp_path,
        {"rig_mode": "skin"},
    )
    told, at = rig_of(tmp_path)
    assert (
        told["kind"] == "sent"
        and outcome.info["method"] == "sent_skeleton"
        and not outcome.warnings
    )
    assert list(at) == list(PLACES)
    names = [row["name"] for row in told["joints"]]
    for row in told["joints"]:
        place, above = PLACES[row["name"]]
        assert np.allclose(row["position"], place, atol=1e-5)
        assert (names[row["parent"]] if row["parent"] is not None else "") == above
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


def test_the_bind_pose_is_kept_with_all_its_turns(tmp_path, mesh):
    run(RIG, {"mesh": sent(tmp_path, scene_of(mesh))}, tmp_path, {"rig_mode": "skin"})
    path = tmp_path / "output.glb"
    row = document(path)
    inverse = (
        array_of(path, row["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    )
    bound = [matrix(place, (20 * i, -35, 10 * i)) for i, (place, _) in enumerate(PLACES.values())]
    assert np.allclose(inverse @ np.stack(bound), np.eye(4), atol=1e-5)
    after = files.read(path.read_bytes(), "glb").scene
    world = {node.name: m for node, m in zip(after.nodes, world_matrices(after.nodes), strict=True)}
    assert all(
        np.allclose(world[name], m, atol=1e-5) for name, m in zip(PLACES, bound, strict=True)
    )


def test_it_animates_by_its_own_joints(tmp_path, mesh):
    path = sent(tmp_path, scene_of(mesh, armature=BLENDER))
    run(RIG, {"mesh": path}, tmp_path, {"rig_mode": "skin"})
    # three.js leaves dots out of names.
    before, after, faces = posed(tmp_path / "output.glb", {"armL": about_z(50)})
    assert cKDTree(mesh.vertices).query(before)[0].max() < 1e-5
    away = np.linalg.norm(after - before, axis=1)
    assert away[before[:, 0] > 0.6].min() > 0.2 and away[before[:, 0] < -0.1].max() < 0.01
    assert most_stretch(before, after, faces) < 4.0


def test_what_only_helps_an_animator_pulls_at_no_skin(tmp_path, mesh):
    run(RIG, {"mesh": sent(tmp_path, scene_of(mesh))}, tmp_path, {"rig_mode": "skin"})
    path = tmp_path / "output.glb"
    attributes = document(path)["meshes"][0]["primitives"][0]["attributes"]
    joints, weights = (array_of(path, attributes[name]) for name in ("JOINTS_0", "WEIGHTS_0"))
    moved = {list(PLACES)[joint] for joint in np.unique(joints[weights > 0])}
    assert moved == set(PLACES) - {"kneeIK.L"}
    assert np.allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    points = array_of(path, attributes["POSITION"])
    strongest = np.array(list(PLACES))[joints[np.arange(len(joints)), weights.argmax(axis=1)]]
    # A joint without children moves what lies ahead of it.
    assert (strongest[points[:, 1] > 1.6] == "skull").all()
    assert (strongest[points[:, 0] > 0.55] == "fore.L").all()


def test_nodes_that_stand_in_the_mesh_are_joints_without_a_skin(tmp_path, mesh):
    path = sent(tmp_path, scene_of(mesh, skinned=False))
    run(RIG, {"mesh": path}, tmp_path, {"rig_mode": "skin"})
    told, at = rig_of(tmp_path)
    assert told["kind"] == "sent" and set(at) == set(PLACES)
    assert all(np.allclose(at[name], place, atol=1e-5) for name, (place, _) in PLACES.items())


@pytest.mark.parametrize("mode", ["skeleton", "full"])
def test_other_modes_make_a_new_skeleton_and_say_so(tmp_path, mesh, mode):
    outcome = run(RIG, {"mesh": sent(tmp_path, scene_of(mesh))}, tmp_path, {"rig_mode": mode})
    assert [notice.code for notice in outcome.warnings] == ["SKELETON_DROPPED"]
    assert rig_of(tmp_path)[0]["kind"] == "humanoid"


def test_skin_without_a_skeleton_makes_one(tmp_path, mesh):
    outcome = run(RIG, {"mesh": saved(tmp_path, mesh)}, tmp_path, {"rig_mode": "skin"})
    assert outcome.info["method"] == "humanoid_skeleton"


def test_a_rigged_result_is_taken_again(tmp_path, mesh):
    """Skeleton first, corrected by hand, then the skin."""
    run(RIG, {"mesh": saved(tmp_path, mesh)}, tmp_path, {"rig_mode": "skeleton"})
    first, places = rig_of(tmp_path)

    def renamed(row):
        row["nodes"][0]["name"] = "mine"

    path = changed(tmp_path / "output.glb", tmp_path / "again.glb", renamed)
    outcome = run(RIG, {"mesh": path}, tmp_path, {"rig_mode": "skin"})
    second, after = rig_of(tmp_path)
    assert [row["parent"] for row in second["joints"]] == [row["parent"] for row in first["joints"]]
    assert list(after) == ["mine", *list(places)[1:]] and not outcome.warnings
    assert np.allclose(list(after.values()), list(places.values()), atol=1e-5)
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


def test_what_a_hand_holds_is_not_the_body(tmp_path, mesh):
    """A shield and a long sword on the joints of the arms: the figure is found by what its skin moves."""
    scene = scene_of(mesh)
    held = joined(
        (
            capsule((0.7, 1.3, 0.2), (0.7, 1.3, 1.9), 0.1),
            capsule((0.7, 0.9, 0.3), (0.7, 1.7, 0.3), 0.1),
        )
    )
    sword = Mesh("sword", np.asarray(held.vertices), np.asarray(held.faces))
    hand = 1 + list(PLACES).index("fore.L")
    onto = np.linalg.inv(world_matrices(scene.nodes)[hand])
    nodes = (*scene.nodes, Node("sword", hand, onto, 1))
    path = sent(tmp_path, Scene(nodes, (*scene.meshes, sword), skins=scene.skins))
    run(RIG, {"mesh": path}, tmp_path, {"rig_mode": "full"})
    told, at = rig_of(tmp_path)
    assert told["kind"] == "humanoid" and np.linalg.norm(at["LeftHand"] - (0.66, 1.31, 0)) < 0.1
    attributes = document(tmp_path / "output.glb")["meshes"][0]["primitives"][0]["attributes"]
    points = array_of(tmp_path / "output.glb", attributes["POSITION"])
    assert len(points) == len(mesh.vertices) + len(held.vertices)


def three_nodes(*extra):
    box = Mesh("box", np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
    return Scene((Node("shown", mesh=0), *extra), (box,))


def test_several_roots_get_one_above_them():
    joints = tuple(Node(name, -1, matrix((x, 0, 0))) for name, x in (("a", 0.0), ("b", 0.5)))
    scene = three_nodes(*joints)
    skin = Skin((1, 2), np.stack([node.matrix for node in joints]))
    found = skeleton_of(Scene(scene.nodes, scene.meshes, skins=(skin,)))
    assert found.names == ("Root", "a", "b") and found.parents == (-1, 0, 0)


def test_joints_of_one_name_are_told_apart():
    joints = (Node("a", -1), Node("a", 1, matrix((0.2, 0, 0))), Node("", 2, matrix((0.2, 0, 0))))
    found = skeleton_of(three_nodes(*joints))
    assert found.names == ("a", "a_2", "joint_3") and found.parents == (-1, 0, 1)


@pytest.mark.parametrize("place", [(0.1, 0, 0), (9.0, 0, 0)])
def test_nodes_elsewhere_are_no_skeleton(place):
    joints = (Node("lamp", -1, matrix(place)), Node("b", 1), Node("c", 2))
    found = skeleton_of(three_nodes(*joints))
    assert (found is None) == (place[0] > 1)


def test_too_many_joints_are_refused():
    joints = tuple(Node(f"n{i}", max(i, 0) if i else -1) for i in range(1_001))
    with pytest.raises(InvalidValue, match="1001 joints"):
        skeleton_of(three_nodes(*joints))


def test_a_root_on_the_ground_pulls_at_no_leg():
    """The way from between the feet to the hips leads through the air."""
    legs = [capsule((x, 0.9, 0), (x, 0.05, 0), 0.08) for x in (-0.2, 0.2)]
    mesh = joined((*legs, capsule((-0.2, 0.95, 0), (0.2, 0.95, 0), 0.12)))
    places = np.array([[0, 0, 0], [0, 0.95, 0], [0.2, 0.9, 0], [-0.2, 0.9, 0]], float)
    skeleton = Skeleton(("root", "hips", "left", "right"), places, (-1, 0, 1, 1), "sent")
    body = voxels.solid(mesh.vertices, mesh.faces, 64)
    ready = sent_skeleton.ready(skeleton, body)
    weights = skin_weights.skin_weights(mesh.vertices, mesh.faces, ready, body)
    assert ready.still == {"root"} and weights[:, 0].max() == 0.0
    low = mesh.vertices[:, 1] < 0.5
    assert weights[low & (mesh.vertices[:, 0] > 0), 2].min() > 0.95


def test_blocks_bound_the_memory_and_change_nothing(mesh, monkeypatch):
    body = voxels.solid(mesh.vertices, mesh.faces, 48)
    skeleton = Skeleton(("a", "b"), np.array([[0, 0.9, 0], [0, 1.4, 0.0]]), (-1, 0), "sent")
    skeleton = sent_skeleton.ready(skeleton, body)
    whole = skin_weights.influences(mesh.vertices, mesh.faces, skeleton, body)
    monkeypatch.setattr(skin_weights, "BLOCK", 200)
    parts = skin_weights.influences(mesh.vertices, mesh.faces, skeleton, body)
    assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))
