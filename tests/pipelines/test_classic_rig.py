"""The built-in rigging: a figure gets its joints, other shapes joints along their limbs; weights sum to one."""

import json
import struct

import numpy as np
import pytest
import trimesh

from pipelines.catalog import Catalog
from pipelines.geometry import mesh_io, skin_weights, voxels
from pipelines.geometry.skeleton import Skeleton
from pipelines.geometry.tangents import vertex_tangents
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import document, run
from tests.pipelines.sent_glb import changed, image_bytes, textured_glb
from tests.pipelines.solids import ball, box, capsule, capsule_figure, joined

RIG = "auto_rig"


def four_legs():
    """Trunk along Z, head to +Z, four legs, a tail."""
    legs = [capsule((x, 0.6, z), (x, 0.06, z), 0.06) for x in (-0.15, 0.15) for z in (-0.4, 0.4)]
    trunk = capsule((0, 0.7, -0.4), (0, 0.7, 0.4), 0.18)
    head = capsule((0, 0.8, 0.5), (0, 1.0, 0.75), 0.1)
    tail = capsule((0, 0.75, -0.5), (0, 0.9, -0.95), 0.04)
    return (trunk, head, tail, *legs)


def saved(folder, mesh, name="mesh.ply"):
    path = folder / name
    path.write_bytes(mesh.export(file_type=path.suffix[1:]))
    return path


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    """The mesh of a figure, and the folder of its full rig with the outcome."""
    folder = tmp_path_factory.mktemp("figure")
    mesh = joined(capsule_figure())
    outcome = run(RIG, {"mesh": saved(folder, mesh)}, folder, {"rig_mode": "full"})
    return mesh, folder, outcome


def rig_of(folder):
    told = json.loads((folder / "rig.json").read_text())
    return told, {row["name"]: np.array(row["position"]) for row in told["joints"]}


def array_of(path, index):
    """The values of an accessor of a GLB."""
    row, data = document(path), path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    accessor = row["accessors"][index]
    start = 28 + length + row["bufferViews"][accessor["bufferView"]]["byteOffset"]
    kind = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}[accessor["type"]]
    count = accessor["count"] * width
    values = np.frombuffer(data, kind[accessor["componentType"]], count, start)
    return values.reshape(accessor["count"], width)


def test_a_figure_gets_the_joints_of_a_figure(figure):
    _, folder, outcome = figure
    told, at = rig_of(folder)
    assert told["kind"] == "humanoid" and outcome.info["bone_count"] == len(at) == 22
    assert not outcome.warnings
    parents = {row["name"]: row["parent"] for row in told["joints"]}
    names = [row["name"] for row in told["joints"]]
    assert parents["Hips"] is None and names[parents["LeftLeg"]] == "LeftUpLeg"
    # The figure's own measures, within 6% of its height.
    for name, place in {
        "Hips": (0, 0.85, 0),
        "LeftLeg": (0.125, 0.47, 0),
        "LeftFoot": (0.14, 0.08, 0),
        "LeftForeArm": (0.45, 1.33, 0),
    }.items():
        assert np.linalg.norm(at[name] - place) < 0.105, (name, at[name])
    tails = {row["name"]: row["tail"] for row in told["joints"] if "tail" in row}
    assert set(tails) == {"Head", "LeftHand", "RightHand", "LeftToeBase", "RightToeBase"}
    for name, place in {"LeftHand": (0.8, 1.3, 0), "Head": (0, 1.75, 0)}.items():
        assert np.linalg.norm(np.array(tails[name]) - place) < 0.105, (name, tails[name])


def test_left_and_right_mirror_each_other(figure):
    _, at = rig_of(figure[1])
    for name, place in at.items():
        if name.startswith("Left"):
            assert np.allclose(at["Right" + name[4:]], place * (-1, 1, 1), atol=0.02), name


def test_joints_lie_inside(figure):
    mesh, folder, _ = figure
    _, at = rig_of(folder)
    inner = [place for name, place in at.items() if "Toe" not in name]
    assert mesh.contains(np.array(inner)).all()


def test_the_glb_is_valid_and_its_skin_moves_all_vertices(figure):
    mesh, folder, _ = figure
    path = folder / "output.glb"
    assert validate_all([path])[0].complaints == []
    row = document(path)
    attributes = row["meshes"][0]["primitives"][0]["attributes"]
    joints, weights = (array_of(path, attributes[name]) for name in ("JOINTS_0", "WEIGHTS_0"))
    assert np.allclose(weights.sum(axis=1), 1.0, atol=1e-6) and (weights >= 0).all()
    assert joints.max() < 22 and len(joints) == len(mesh.vertices)
    inverse = array_of(path, row["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4)
    _, at = rig_of(folder)
    assert np.allclose(-inverse[:, 3, :3], list(at.values()), atol=1e-5)
    assert [row["nodes"][joint]["name"] for joint in row["skins"][0]["joints"]] == list(at)


def test_each_limb_follows_its_own_bones(figure):
    mesh, folder, _ = figure
    row = document(folder / "output.glb")
    attributes = row["meshes"][0]["primitives"][0]["attributes"]
    joints, weights = (
        array_of(folder / "output.glb", attributes[name]) for name in ("JOINTS_0", "WEIGHTS_0")
    )
    names = [node["name"] for node in row["nodes"][:22]]
    strongest = np.array(names)[joints[np.arange(len(joints)), weights.argmax(axis=1)]]
    x, y, _ = mesh.vertices.T
    for where, word in {
        "left shin": ((x > 0.02) & (y < 0.4), "Left"),
        "right shin": ((x < -0.02) & (y < 0.4), "Right"),
        "left forearm": (x > 0.5, "Left"),
        "head": (y > 1.6, "Head"),
    }.values():
        assert np.char.startswith(strongest[where], word).mean() > 0.98


def test_a_mesh_keeps_its_vertices_and_faces(figure):
    mesh, folder, outcome = figure
    after = mesh_io.read(folder / "output.glb")
    assert np.allclose(after.vertices, mesh.vertices, atol=1e-5)
    assert np.array_equal(after.faces, mesh.faces)
    assert outcome.info["vertex_count"] == len(mesh.vertices)


def test_what_no_template_knows_gets_joints_along_each_limb(tmp_path):
    """An animal that has lost a leg."""
    mesh = joined(four_legs()[:-1])
    outcome = run(RIG, {"mesh": saved(tmp_path, mesh)}, tmp_path, {"rig_mode": "skin"})
    told, at = rig_of(tmp_path)
    assert told["kind"] == "medial" and outcome.warnings[0].code == "NO_HUMANOID"
    assert 12 <= outcome.info["bone_count"] <= 45
    parents = {row["parent"] for row in told["joints"]}
    ends = np.array([at[row["name"]] for i, row in enumerate(told["joints"]) if i not in parents])
    for tip in [(-0.15, 0, -0.4), (-0.15, 0, 0.4), (0.15, 0, -0.4), (0, 0.9, -0.95)]:
        assert np.linalg.norm(ends - tip, axis=1).min() < 0.12, tip
    inner = np.array([at[told["joints"][parent]["name"]] for parent in parents - {None}])
    assert mesh.contains(inner).mean() > 0.95
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


def test_skeleton_mode_brings_joints_and_no_weights(tmp_path):
    outcome = run(RIG, {"mesh": saved(tmp_path, joined(four_legs()))}, tmp_path)
    row = document(tmp_path / "output.glb")
    assert set(row["meshes"][0]["primitives"][0]["attributes"]) == {"POSITION", "NORMAL"}
    assert len(row["skins"][0]["joints"]) == outcome.info["bone_count"]
    assert not any("skin" in node for node in row["nodes"])
    assert [(file.name, file.role) for file in outcome.files] == [
        ("output.glb", "model"),
        ("rig.json", "skeleton"),
    ]
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


@pytest.mark.parametrize("mode", ["Skeleton", "SKIN", "full"])
def test_rig_mode_is_taken_in_any_case(mode):
    assert Catalog.discover().feature(RIG).params(rig_mode=mode).rig_mode == mode.lower()


def test_odd_meshes_are_rigged_too(tmp_path):
    rng = np.random.default_rng(5)
    soup = trimesh.Trimesh(rng.normal(size=(90, 3)), np.arange(90).reshape(-1, 3), process=False)
    balls = [ball((3 * i, 0, 0), 1.0).mesh(2) for i in range(3)]
    sheet = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]])
    made = []
    for name, mesh in {
        "soup": soup,
        "one ball": ball((5, 5, 5), 1e-3).mesh(2),
        "three balls": trimesh.util.concatenate(balls),
        "sheet": sheet,
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        outcome = run(RIG, {"mesh": saved(folder, mesh)}, folder, {"rig_mode": "full"})
        assert outcome.info["bone_count"] >= 2, name
        path = folder / "output.glb"
        attributes = document(path)["meshes"][0]["primitives"][0]["attributes"]
        weights = array_of(path, attributes["WEIGHTS_0"])
        assert np.allclose(weights.sum(axis=1), 1.0, atol=1e-6), name
        made.append(path)
    for path, report in zip(made, validate_all(made), strict=True):
        assert report.complaints == [], path


def test_open_meshes_are_solid_to_the_voxels():
    closed = box((0, 0, 0), (1, 1, 1)).mesh(3)
    open_ = trimesh.Trimesh(closed.vertices, closed.faces[closed.triangles_center[:, 1] < 0.49])
    whole, leaking = (voxels.solid(mesh.vertices, mesh.faces, 32) for mesh in (closed, open_))
    assert len(leaking.points) > 0.9 * len(whole.points)
    assert len(whole.points) == pytest.approx(34**3, rel=0.1)


def test_four_influences_are_kept_and_sum_to_one():
    weights = np.random.default_rng(1).random((200, 9))
    weights /= weights.sum(axis=1, keepdims=True)
    joints, shares = skin_weights.strongest(weights)
    assert joints.shape == shares.shape == (200, 4)
    assert np.allclose(shares.sum(axis=1), 1.0, atol=1e-7)
    assert np.array_equal(joints[:, 0], weights.argmax(axis=1))


def test_two_legs_side_by_side_do_not_pull_at_each_other():
    """The way from one to the other is short through the air and long through the body."""
    legs = [capsule((x, 1, 0), (x, 0, 0), 0.1) for x in (-0.13, 0.13)]
    mesh = joined((*legs, capsule((-0.13, 1.05, 0), (0.13, 1.05, 0), 0.12)))
    skeleton = Skeleton(
        ("hips", "left", "left_end", "right", "right_end"),
        np.array([[0, 1.05, 0], [0.13, 1, 0], [0.13, 0, 0], [-0.13, 1, 0], [-0.13, 0, 0]]),
        (-1, 0, 1, 0, 3),
        "medial",
    )
    body = voxels.solid(mesh.vertices, mesh.faces, 96)
    weights = skin_weights.skin_weights(mesh.vertices, mesh.faces, skeleton, body)
    assert np.allclose(weights.sum(axis=1), 1.0)
    low = mesh.vertices[:, 1] < 0.5
    left = mesh.vertices[:, 0] > 0
    assert weights[low & left][:, 1].min() > 0.95 and weights[low & ~left][:, 3].min() > 0.95


@pytest.fixture(scope="module")
def painted(tmp_path_factory):
    """A figure with UVs, a base colour and a metallic-roughness texture, as a client sends it."""
    return textured_glb(tmp_path_factory.mktemp("painted") / "figure.glb", joined(capsule_figure()))


@pytest.mark.parametrize("mode", ["skeleton", "skin", "full"])
def test_a_figure_keeps_its_texture_and_uvs_bit_by_bit(tmp_path, painted, mode):
    outcome = run(RIG, {"mesh": painted}, tmp_path, {"rig_mode": mode})
    path = tmp_path / "output.glb"
    before, after = document(painted), document(path)
    assert not outcome.warnings and validate_all([path])[0].complaints == []
    uvs = [
        array_of(file, row["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"])
        for file, row in ((painted, before), (path, after))
    ]
    assert len(uvs[0]) and uvs[0].tobytes() == uvs[1].tobytes()
    assert image_bytes(painted) == image_bytes(path) and len(image_bytes(path)) == 2
    (sent,), (kept,) = before["materials"], after["materials"]
    assert kept["doubleSided"] and kept["alphaMode"] == sent["alphaMode"] == "MASK"
    for name in ("baseColorFactor", "metallicFactor", "roughnessFactor"):
        assert kept["pbrMetallicRoughness"][name] == sent["pbrMetallicRoughness"][name], name
    for name in ("baseColorTexture", "metallicRoughnessTexture"):
        index = kept["pbrMetallicRoughness"][name]["index"]
        source = sent["pbrMetallicRoughness"][name]["index"]
        assert (
            image_bytes(path)[after["textures"][index]["source"]]
            == image_bytes(painted)[before["textures"][source]["source"]]
        )


def test_every_kind_of_texture_and_its_place_is_kept(tmp_path, painted):
    def more(row):
        material = row["materials"][0]
        place = {"offset": [0.5, -2.0], "scale": [3.0, 3.0], "rotation": 1.0}
        material["pbrMetallicRoughness"]["baseColorTexture"]["extensions"] = {
            "KHR_texture_transform": place
        }
        material |= {
            "normalTexture": {"index": 1, "scale": 0.5},
            "occlusionTexture": {"index": 1, "strength": 0.25},
            "emissiveTexture": {"index": 0},
            "emissiveFactor": [1.0, 0.5, 0.0],
        }
        row["samplers"] = [{"magFilter": 9728, "wrapS": 10497, "wrapT": 33648}]
        row["textures"][0]["sampler"] = 0
        row["extensionsUsed"] = ["KHR_texture_transform"]

    path = changed(painted, tmp_path / "more.glb", more)
    assert run(RIG, {"mesh": path}, tmp_path).warnings == ()
    sent, kept = (document(file) for file in (path, tmp_path / "output.glb"))
    names = ("normalTexture", "occlusionTexture", "emissiveTexture", "emissiveFactor")
    before, after = sent["materials"][0], kept["materials"][0]
    assert {name: {**after[name], "index": 0} for name in names[:3]} == {
        name: {**before[name], "index": 0} for name in names[:3]
    }
    assert after["emissiveFactor"] == before["emissiveFactor"]
    texture = after["pbrMetallicRoughness"]["baseColorTexture"]
    assert texture["extensions"] == before["pbrMetallicRoughness"]["baseColorTexture"]["extensions"]
    sampler = kept["textures"][texture["index"]]["sampler"]
    assert kept["samplers"][sampler] == sent["samplers"][0]
    assert "TANGENT" in kept["meshes"][0]["primitives"][0]["attributes"]  # for the normal map
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


@pytest.mark.parametrize("mirrored", [False, True])
def test_tangents_follow_the_picture(mirrored):
    """On a square that faces +Z the picture's right is +X and its top +Y; seen in a mirror its right is -X."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    uv = np.column_stack([corners[:, 0], 1 - corners[:, 1]])  # v down
    if mirrored:
        uv[:, 0] = 1 - uv[:, 0]
    right = -1.0 if mirrored else 1.0
    up = np.tile([0.0, 0.0, 1.0], (4, 1))
    assert np.allclose(vertex_tangents(corners, faces, up, uv), [right, 0, 0, right])
    nowhere = vertex_tangents(corners, faces, up, np.zeros((4, 2)))
    assert np.allclose(np.linalg.norm(nowhere[:, :3], axis=1), 1) and np.allclose(nowhere[:, 2], 0)


def two_materials(row):
    row["materials"].append({"name": "other"})
    primitive = row["meshes"][0]["primitives"][0]
    row["meshes"][0]["primitives"].append({**primitive, "material": 1})


def no_uv(row):
    del row["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"]


def elsewhere(row):
    row["images"][0] = {"uri": "colour.png"}


def not_an_image(row):
    row["images"][0]["bufferView"] = row["accessors"][0]["bufferView"]


def no_such_material(row):
    row["materials"] = [{"pbrMetallicRoughness": {"baseColorFactor": [1, "red"]}}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (two_materials, "2 materials"),
        (no_uv, "baseColorTexture, metallicRoughnessTexture"),
        (elsewhere, "baseColorTexture"),
        (not_an_image, "baseColorTexture"),
        (no_such_material, "material is broken"),
    ],
)
def test_a_texture_that_cannot_be_kept_is_named(tmp_path, painted, change, said):
    path = changed(painted, tmp_path / "sent.glb", change)
    (notice,) = run(RIG, {"mesh": path}, tmp_path).warnings
    assert notice.code == "TEXTURE_DROPPED" and said in notice.message
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


def test_a_file_of_several_nodes_and_one_material_keeps_it(tmp_path, painted):
    def twice(row):
        row["nodes"].append({"mesh": 0, "translation": [3, 0, 0]})
        row["scenes"][0]["nodes"].append(len(row["nodes"]) - 1)

    path = changed(painted, tmp_path / "twice.glb", twice)
    outcome = run(RIG, {"mesh": path}, tmp_path)
    assert "TEXTURE_DROPPED" not in [notice.code for notice in outcome.warnings]
    after = document(tmp_path / "output.glb")
    attributes = after["meshes"][0]["primitives"][0]["attributes"]
    uv = array_of(tmp_path / "output.glb", attributes["TEXCOORD_0"])
    sent = array_of(
        painted, document(painted)["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"]
    )
    assert np.array_equal(uv, np.concatenate([sent, sent]))


def test_a_plain_colour_is_kept_and_a_mesh_without_material_is_grey(tmp_path):
    mesh = joined(capsule_figure())
    mesh.visual = trimesh.visual.TextureVisuals(
        material=trimesh.visual.material.PBRMaterial(baseColorFactor=[255, 0, 0, 255])
    )
    run(RIG, {"mesh": saved(tmp_path, mesh, "red.glb")}, tmp_path)
    (kept,) = document(tmp_path / "output.glb")["materials"]
    assert kept["pbrMetallicRoughness"]["baseColorFactor"] == [1, 0, 0, 1]
    run(RIG, {"mesh": saved(tmp_path, joined(capsule_figure()))}, tmp_path)
    (grey,) = document(tmp_path / "output.glb")["materials"]
    assert grey["pbrMetallicRoughness"]["baseColorFactor"] == [0.8, 0.8, 0.8, 1.0]


def test_animations_and_a_skeleton_of_the_file_are_named_as_dropped(figure, tmp_path):
    def moving(row):
        row["animations"] = [{"channels": [], "samplers": []}] * 2

    path = changed(figure[1] / "output.glb", tmp_path / "rigged.glb", moving)
    outcome = run(RIG, {"mesh": path}, tmp_path)
    assert [notice.code for notice in outcome.warnings] == ["ANIMATION_DROPPED", "SKELETON_DROPPED"]
    assert "(2)" in outcome.warnings[0].message
    after = document(tmp_path / "output.glb")
    assert "animations" not in after and len(after["skins"]) == 1
