"""Painting a client's GLB: its scene stays as it was sent, bit by bit, and the paint lies on it."""

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.errors import PipelineError
from pipelines.geometry import client_kept
from pipelines.geometry.client_glb import ClientGlb
from pipelines.geometry.client_uv import overlap, unwrapped
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import document, figure, run, saved, textures
from tests.pipelines.sent_glb import changed

TEXT, IMAGE = "text_mesh_painting", "image_mesh_painting"


def sheet(place: tuple[float, float], size: float = 0.4) -> trimesh.Trimesh:
    """A square of two faces at `place` in its texture."""
    mesh = trimesh.Trimesh(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]], process=False
    )
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float) * size + place
    mesh.visual = trimesh.visual.TextureVisuals(uv=uv)
    return mesh


def coloured(mesh: trimesh.Trimesh, name: str, **extra: object) -> trimesh.Trimesh:
    picture = Image.new("RGB", (8, 8), (10, 200, 10))
    material = trimesh.visual.material.PBRMaterial(name=name, baseColorTexture=picture, **extra)
    uv = getattr(mesh.visual, "uv", None)
    if uv is None:
        material = trimesh.visual.material.PBRMaterial(name=name, baseColorFactor=[9, 9, 9, 255])
    mesh.visual = trimesh.visual.TextureVisuals(uv=uv, material=material)
    return mesh


@pytest.fixture
def scene(tmp_path):
    """Three nodes below each other with transforms: two materials with coordinates, one without, and extras."""
    made = trimesh.Scene()
    move = trimesh.transformations.translation_matrix([1, 2, 3])
    made.add_geometry(
        coloured(sheet((0.1, 0.1)), "cloth", doubleSided=True), "Flag", "FlagMesh", transform=move
    )
    turn = trimesh.transformations.rotation_matrix(0.7, [0, 1, 0])
    made.add_geometry(
        coloured(sheet((0.5, 0.5)), "sign"),
        "Sign",
        "SignMesh",
        parent_node_name="Flag",
        transform=turn,
    )
    ball = trimesh.creation.icosphere(2, 0.5)
    made.add_geometry(coloured(ball, "knob"), "Knob", "KnobMesh", parent_node_name="Sign")
    (tmp_path / "plain.glb").write_bytes(made.export(file_type="glb"))

    def add(row):
        row["nodes"][1]["extras"] = {"owner": "me"}
        row["scenes"][0]["name"] = "Stage"

    return changed(tmp_path / "plain.glb", tmp_path / "scene.glb", add)


def painted(folder, mesh, text="gold with silver trim", options=None, **params):
    return run(
        TEXT, {"mesh": mesh}, folder, {"text_prompt": text, "texture_size": 256, **params}, options
    )


def attributes(path):
    """The values of every attribute as stored, by mesh and name, and of the indices."""
    file = ClientGlb(path)
    found = {}
    for mesh in file.document["meshes"]:
        for place, row in enumerate(mesh["primitives"]):
            named = {**row["attributes"], "indices": row["indices"]}
            for name, number in named.items():
                found[mesh["name"], place, name] = file.stored(number)
    return found


@pytest.mark.parametrize("feature", [TEXT, IMAGE])
def test_the_scene_stays_as_it_was_sent(tmp_path, scene, feature):
    if feature == TEXT:
        painted(tmp_path, scene)
    else:
        inputs = {"mesh": scene, "image": saved(tmp_path, figure())}
        run(IMAGE, inputs, tmp_path, {"texture_size": 256})
    before, after = document(scene), document(tmp_path / "output.glb")
    for name in ("nodes", "scenes", "scene"):
        assert before[name] == after[name]
    assert [row["name"] for row in before["meshes"]] == [row["name"] for row in after["meshes"]]
    names = [row["name"] for row in before["materials"]]
    assert [row["name"] for row in after["materials"]][: len(names)] == names
    assert after["materials"][0]["doubleSided"]
    old, new = attributes(scene), attributes(tmp_path / "output.glb")
    for key, values in old.items():
        if key[0] != "KnobMesh":
            assert new[key].tobytes() == values.tobytes(), key
    corners = [
        table["KnobMesh", 0, "POSITION"][table["KnobMesh", 0, "indices"][:, 0]]
        for table in (old, new)
    ]
    assert corners[0].tobytes() == corners[1].tobytes(), "a new atlas moves no corner"
    assert not validate(tmp_path / "output.glb").complaints


def test_old_textures_are_gone_and_each_material_has_its_paint(tmp_path, scene):
    outcome = painted(tmp_path, scene, "shiny red plastic")
    after = document(tmp_path / "output.glb")
    images = [
        np.asarray(image.convert("RGB"), float) for image in textures(tmp_path / "output.glb")
    ]
    reds = [image for image in images if np.abs(image.mean((0, 1)) - (200, 32, 28)).max() < 25]
    assert len(reds) == 3 == len(outcome.info["texture_sizes"])
    for row in after["materials"]:
        number = row["pbrMetallicRoughness"]["baseColorTexture"]["index"]
        picture = images[after["textures"][number]["source"]]
        assert np.abs(picture.mean((0, 1)) - (200, 32, 28)).max() < 25
    assert outcome.info["uv"] == "new atlas; of the file"


def test_relief_brings_tangents_and_leaves_those_that_are_there(tmp_path, scene):
    painted(tmp_path, scene, "brick")
    after = document(tmp_path / "output.glb")
    for mesh in after["meshes"]:
        for row in mesh["primitives"]:
            relief = "normalTexture" in after["materials"][row["material"]]
            assert relief == ("NORMAL" in row["attributes"]) == ("TANGENT" in row["attributes"])


def test_attributes_of_their_own_and_vertex_colours_stay(tmp_path):
    mesh = sheet((0.1, 0.1), 0.8)
    mesh.vertex_attributes["_weight"] = np.arange(4, dtype=np.float32)
    (tmp_path / "plain.glb").write_bytes(coloured(mesh, "a").export(file_type="glb"))

    def colour(row):
        named = row["meshes"][0]["primitives"][0]["attributes"]
        named["COLOR_0"] = named["POSITION"]

    sent = changed(tmp_path / "plain.glb", tmp_path / "sent.glb", colour)
    painted(tmp_path, sent, "gold")
    named = document(tmp_path / "output.glb")["meshes"][0]["primitives"][0]["attributes"]
    assert "_COLOR_0" in named and "COLOR_0" not in named, "vertex colours would tint the paint"
    assert "_weight" in named or "_WEIGHT" in named


def test_mirrored_coordinates_are_kept_and_repeated_ones_are_not(tmp_path):
    two = trimesh.util.concatenate(
        [sheet((0.1, 0.1)), sheet((0.1, 0.1)).apply_translation([2, 0, 0])]
    )
    (tmp_path / "a.glb").write_bytes(coloured(two, "a").export(file_type="glb"))
    assert painted(tmp_path, tmp_path / "a.glb").info["uv"] == "of the file, shared by faces"
    many = [sheet((0.1, 0.1)).apply_translation([2 * i, 0, 0]) for i in range(5)]
    (tmp_path / "b.glb").write_bytes(
        coloured(trimesh.util.concatenate(many), "a").export(file_type="glb")
    )
    assert painted(tmp_path, tmp_path / "b.glb").info["uv"] == "new atlas"
    assert (
        painted(tmp_path, tmp_path / "b.glb", options={"uvs": "keep"})
        .info["uv"]
        .startswith("of the file")
    )
    assert painted(tmp_path, tmp_path / "a.glb", options={"uvs": "new"}).info["uv"] == "new atlas"


def test_coordinates_that_are_replaced_are_told_by_mesh(tmp_path):
    """A palette: all faces of one mesh show one place. Another mesh has room; a third has no coordinates to lose."""
    palette = trimesh.util.concatenate(
        [sheet((0.1, 0.1)).apply_translation([2 * i, 0, 0]) for i in range(5)]
    )
    roomy = sheet((0.1, 0.1)).apply_translation([0, 0, 2])
    bare = trimesh.creation.box().apply_translation([0, 5, 0])
    made = trimesh.Scene()
    for name, mesh in (("palette", palette), ("roomy", roomy), ("bare", bare)):
        made.add_geometry(coloured(mesh, name), node_name=name, geom_name=name)
    path = tmp_path / "sent.glb"
    path.write_bytes(made.export(file_type="glb"))
    (notice,) = painted(tmp_path, path, "gold").warnings
    assert notice.code == "UVS_REPLACED" and "uvs=keep" in notice.message
    assert "palette" in notice.message.split(" were ")[0]
    assert not {"roomy", "bare"} & set(notice.message.replace(",", "").split())
    for uvs in ("keep", "new"):
        told = [notice.code for notice in painted(tmp_path, path, "gold", {"uvs": uvs}).warnings]
        assert "UVS_REPLACED" not in told


def palette_glb(path, sets: int):
    """Five sheets that show one place of their texture, and further sets of coordinates, each of its own."""
    sheets = [sheet((0.1, 0.1)).apply_translation([2 * i, 0, 0]) for i in range(5)]
    mesh = trimesh.util.concatenate(sheets)
    plain = path.with_name("plain.glb")
    plain.write_bytes(coloured(mesh, "a").export(file_type="glb"))

    def add(row):
        named = row["meshes"][0]["primitives"][0]["attributes"]
        for number in range(1, sets):
            named[f"TEXCOORD_{number}"] = named["TEXCOORD_0"]

    return changed(plain, path, add)


@pytest.mark.parametrize("sets", [1, 3])
@pytest.mark.parametrize("uvs", ["auto", "new"])
def test_own_coordinates_are_kept_behind_the_others_where_an_atlas_comes_first(tmp_path, sets, uvs):
    sent = palette_glb(tmp_path / "sent.glb", sets)
    outcome = painted(tmp_path, sent, "brick", {"uvs": uvs})
    good = tmp_path / "output.glb"
    old, new = ClientGlb(sent), ClientGlb(good)
    one, two = (file.document["meshes"][0]["primitives"][0] for file in (old, new))
    first, second = (
        file.stored(row["indices"]).reshape(-1) for file, row in ((old, one), (new, two))
    )
    want = old.stored(one["attributes"]["TEXCOORD_0"])[first]
    have = new.stored(two["attributes"][f"TEXCOORD_{sets}"])[second]
    assert want.tobytes() == have.tobytes()
    atlas = new.stored(two["attributes"]["TEXCOORD_0"])[second].reshape(-1, 3, 2)
    assert overlap(atlas) == pytest.approx(1.0, abs=0.1), "paint has its own place for each face"
    told = [row.message for row in outcome.warnings]
    assert [f"TEXCOORD_{sets}" in message for message in told] == [True] * (uvs == "auto")
    assert not validate(good).complaints


def test_the_check_finds_own_coordinates_that_were_changed_or_lost(tmp_path):
    sent = palette_glb(tmp_path / "sent.glb", 1)
    painted(tmp_path, sent, "gold")
    good = tmp_path / "output.glb"
    client_kept.check(sent, good, {(0, 0)})

    def lose(row):
        del row["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_1"]

    def swap(row):
        named = row["meshes"][0]["primitives"][0]["attributes"]
        named["TEXCOORD_1"] = named["TEXCOORD_0"]

    for change, what in ((lose, "attributes"), (swap, "TEXCOORD_0")):
        with pytest.raises(PipelineError, match=what):
            client_kept.check(sent, changed(good, tmp_path / "bad.glb", change), {(0, 0)})


def test_an_obj_whose_coordinates_are_replaced_is_told(tmp_path):
    rows = [f"v {x} {y} {z}" for z in range(4) for x, y in ((0, 0), (1, 0), (0, 1))]
    rows += ["vt 0.1 0.1", "vt 0.4 0.1", "vt 0.1 0.4"]
    rows += [f"f {3 * i + 1}/1 {3 * i + 2}/2 {3 * i + 3}/3" for i in range(4)]
    (tmp_path / "a.obj").write_text("\n".join(rows) + "\n")
    outcome = painted(tmp_path, tmp_path / "a.obj", "gold")
    (notice,) = outcome.warnings
    assert notice.code == "UVS_REPLACED" and "TEXCOORD_1" in notice.message
    own = attributes(tmp_path / "output.glb")
    (uv,) = (values for key, values in own.items() if key[2] == "TEXCOORD_1")
    assert np.allclose(sorted(set(map(tuple, uv.round(4)))), [(0.1, 0.6), (0.1, 0.9), (0.4, 0.9)])


def test_coordinates_across_the_border_of_the_square_are_kept(tmp_path):
    (tmp_path / "a.glb").write_bytes(coloured(sheet((-0.2, 1.7)), "a").export(file_type="glb"))
    outcome = painted(tmp_path, tmp_path / "a.glb", "green and white stripes")
    after = document(tmp_path / "output.glb")
    assert outcome.info["uv"] == "of the file" and after["samplers"][0]["wrapS"] == 10497
    colour = np.asarray(textures(tmp_path / "output.glb")[0].convert("RGB"), float)
    corners = np.stack([colour[[0, 0, -1, -1], [0, -1, 0, -1]]])
    assert colour.std() > 20 and corners.max() > 0


def test_unwrapped_faces_cover_what_a_repeating_texture_shows():
    corners = np.array([[[0.8, 0.1], [1.2, 0.1], [0.8, 0.5]], [[2.1, 0.1], [2.3, 0.1], [2.1, 0.3]]])
    found = unwrapped(corners)
    assert found is not None and found.wrapped and sorted(found.face) == [0, 0, 1]
    assert overlap(found.corners, found.face) == pytest.approx(1.0, abs=0.1)
    assert unwrapped(corners * 4) is None, "a face over several squares has no place of its own"


def test_several_textures_share_the_size_by_area(tmp_path):
    made = trimesh.Scene()
    for number, side in enumerate((4.0, 1.0, 1.0)):
        flat = sheet((0.1, 0.1), 0.8).apply_scale(side).apply_translation([5.0 * number, 0, 0])
        made.add_geometry(coloured(flat, f"m{number}"))
    (tmp_path / "a.glb").write_bytes(made.export(file_type="glb"))
    sizes = painted(tmp_path, tmp_path / "a.glb", texture_size=1024).info["texture_sizes"]
    assert sizes == [1024, 256, 256]


def test_a_hundred_materials_are_painted(tmp_path):
    made = trimesh.Scene()
    for number in range(100):
        ball = trimesh.creation.icosphere(1).apply_translation([3.0 * number, 0, 0])
        made.add_geometry(coloured(ball, f"m{number}"))
    (tmp_path / "a.glb").write_bytes(made.export(file_type="glb"))
    painted(tmp_path, tmp_path / "a.glb", "steel")
    after = document(tmp_path / "output.glb")
    assert [row["name"] for row in after["materials"]] == [f"m{number}" for number in range(100)]
    assert len(after["images"]) <= 3 and not validate(tmp_path / "output.glb").complaints


def test_the_check_finds_a_moved_vertex_a_lost_name_and_changed_faces(tmp_path, scene):
    painted(tmp_path, scene, "gold")
    good = tmp_path / "output.glb"
    knob = {(2, 0)}
    client_kept.check(scene, good, knob)
    with pytest.raises(PipelineError, match="KnobMesh"):
        client_kept.check(scene, good)

    def rename(row):
        row["nodes"][1]["name"] = "Other"

    def swap(row):
        one, two = (row["meshes"][index]["primitives"][0]["attributes"] for index in (0, 1))
        one["TEXCOORD_0"], two["TEXCOORD_0"] = two["TEXCOORD_0"], one["TEXCOORD_0"]

    def unname(row):
        row["materials"][0]["name"] = "x"

    for change, what in ((rename, "nodes"), (swap, "TEXCOORD_0"), (unname, "materials")):
        with pytest.raises(PipelineError, match=what):
            client_kept.check(scene, changed(good, tmp_path / "bad.glb", change), knob)
    data = bytearray(good.read_bytes())
    file = ClientGlb(good)
    number = file.document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    view = file.document["bufferViews"][file.document["accessors"][number]["bufferView"]]
    start = len(data) - len(file.binary) + view["byteOffset"]
    data[start] ^= 1
    (tmp_path / "moved.glb").write_bytes(bytes(data))
    with pytest.raises(PipelineError, match="POSITION"):
        client_kept.check(scene, tmp_path / "moved.glb", knob)
