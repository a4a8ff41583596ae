"""How large a made mesh is, where it stands and how many faces it has: what features promise, whatever the model."""

import json
import struct

import numpy as np
import pytest
import trimesh

from pipelines.errors import UnreadableInput
from pipelines.features import _made
from pipelines.geometry import decimate, glb, glb_size
from pipelines.geometry.families import face_target
from pipelines.geometry.families.model import Built
from pipelines.spec import Notice, Outcome, OutputFile, Work
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import cube, figure, run, saved

COARSE = {"sparse_structure_sample_steps": 1}


def bounds(path) -> np.ndarray:
    return trimesh.load(path, force="scene").bounds


def box_glb(path, size, at=(0.0, 0.0, 0.0)):
    box = trimesh.creation.box(size).apply_translation(at)
    glb.write(path, box.vertices, box.faces, box.vertex_normals)
    return path


@pytest.mark.parametrize(
    ("size", "height_m", "made"),
    [
        ((1.0, 0.5, 0.2), None, (2.0, 1.0, 0.4)),
        ((0.3, 1.0, 0.2), None, (0.3, 1.0, 0.2)),
        ((0.1, 0.25, 0.1), None, (0.1, 0.25, 0.1)),  # what a size word made a quarter
        ((1.0, 0.1, 0.5), None, (4.0, 0.4, 2.0)),
        ((1.0, 0.1, 0.5), 1.0, (10.0, 1.0, 5.0)),
        ((1.0, 0.5, 0.2), 0.001, (0.002, 0.001, 0.0004)),
    ],
)
def test_mesh_gets_its_height_and_stands_centred_on_the_ground(tmp_path, size, height_m, made):
    path = box_glb(tmp_path / "box.glb", size, at=(3.0, -7.0, 0.5))
    assert glb_size.settle(path, height_m) == pytest.approx(made, rel=1e-4)
    low, high = bounds(path)
    assert np.allclose(high - low, made, rtol=1e-4)
    assert np.allclose([(low + high)[0], low[1], (low + high)[2]], 0, atol=1e-5 * max(made))
    assert validate(path).complaints == []


def test_mesh_that_stands_right_already_is_left_byte_by_byte(tmp_path):
    path = box_glb(tmp_path / "box.glb", (0.5, 1.0, 0.5), at=(0, 0.5, 0))
    before = path.read_bytes()
    glb_size.settle(path, None)
    glb_size.settle(path, 1.0)
    assert path.read_bytes() == before


@pytest.mark.parametrize("height_m", [None, 3.0])
def test_nodes_that_stand_somewhere_are_moved_with_the_whole(tmp_path, height_m):
    scene = trimesh.Scene()
    for number, at in enumerate(((5, 1, 0), (9, 4, -2))):
        turned = trimesh.transformations.rotation_matrix(0.4 * number, (0, 1, 0), (1, 0, 0))
        turned[:3, 3] += at
        scene.add_geometry(trimesh.creation.box((1, 1, 1)), transform=turned)
    path = tmp_path / "scene.glb"
    path.write_bytes(scene.export(file_type="glb"))
    before = np.ptp(bounds(path), axis=0)
    size = glb_size.settle(path, height_m)
    low, high = bounds(path)
    assert np.allclose((high - low) / (high - low)[1], before / before[1], rtol=1e-4)
    assert (high - low)[1] == pytest.approx(height_m or before.max(), rel=1e-4)
    assert np.allclose(size, high - low, rtol=1e-4)
    assert np.allclose([(low + high)[0], low[1], (low + high)[2]], 0, atol=1e-4)


def test_flat_sheet_keeps_its_size(tmp_path):
    corners = np.array([[0, 0, 0], [2, 0, 0], [2, 0, 2], [0, 0, 2]], float)
    path = tmp_path / "sheet.glb"
    glb.write(path, corners, np.array([[0, 2, 1], [0, 3, 2]]), np.tile([0.0, 1.0, 0.0], (4, 1)))
    assert glb_size.settle(path, 5.0) == (2.0, 0.0, 2.0)


def changed(path, **row):
    """The GLB with other values in its JSON part."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document = {**json.loads(data[20 : 20 + length]), **row}
    path.write_bytes(glb.container(document, data[28 + length :]))
    return path


@pytest.mark.parametrize(
    "row",
    [
        {"skins": [{"joints": [0]}]},
        {"nodes": [{"children": [0]}]},
        {"nodes": [{"name": "nothing"}]},
        {"nodes": []},
        {"accessors": []},
    ],
    ids=str,
)
def test_what_cannot_be_scaled_is_said(tmp_path, row):
    path = changed(cube(tmp_path / "cube.glb"), **row)
    with pytest.raises(UnreadableInput, match="cannot be scaled"):
        glb_size.settle(path, 2.0)


# The notice on faces, and what becomes of files that cannot be scaled


def sized(tmp_path, params, info, warnings=()) -> Outcome:
    path = cube(tmp_path / "output.glb")
    if info.pop("is_skinned", False):
        changed(path, skins=[{"joints": [0]}])
    file = OutputFile("output.glb", "model", "model/gltf-binary", path.stat().st_size)
    work = Work("job", "image_to_raw_mesh", "m", {}, params, {}, tmp_path)
    outcome = _made.sized(work, Outcome((file,), info, warnings))
    assert outcome.files[0].size_bytes == path.stat().st_size
    return outcome


@pytest.mark.parametrize(
    ("params", "faces", "words"),
    [
        ({}, 12, None),
        ({"target_face_count": 100}, 103, None),
        ({"target_face_count": 100, "simplify_ratio": 0.5}, 50, None),
        ({"target_face_count": 100}, 80, "80 faces where 100 were asked for: it has no more"),
        ({"target_face_count": 100}, 180, "fewer would not keep its shape closed"),
        ({"target_face_count": 100, "vertex_limit": 30}, 50, None),  # the limit explains it
    ],
)
def test_missed_face_count_is_told_once(tmp_path, params, faces, words):
    outcome = sized(tmp_path, params, {"face_count": faces})
    said = [notice.message for notice in outcome.warnings if notice.code == "FACE_COUNT_MISSED"]
    assert (words is None) == (said == [])
    assert words is None or words in said[0]
    again = sized(tmp_path, params, {"face_count": faces}, (Notice("FACE_COUNT_MISSED", "x"),))
    assert len(again.warnings) == 1


def test_file_that_cannot_be_scaled_is_kept_and_told_where_a_height_was_asked(tmp_path):
    assert sized(tmp_path, {}, {"is_skinned": True}).warnings == ()
    (notice,) = sized(tmp_path, {"target_height_m": 2.0}, {"is_skinned": True}).warnings
    assert notice.code == "FIELD_WITHOUT_EFFECT"
    assert "target_height_m" in notice.message
    assert "skeleton" in notice.message


# Fewer faces of an object of parts


def two_halves(subdivisions: int = 4) -> Built:
    """A ball on the ground, its upper half the one part, its lower the other."""
    ball = trimesh.creation.icosphere(subdivisions, 0.5).apply_translation((0, 0.5, 0))
    part = (ball.triangles_center[:, 1] < 0.5).astype(np.int64)
    vertices = np.asarray(ball.vertices)
    return Built(vertices, np.asarray(ball.faces), part, ("up", "down"), {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("face_count", "ratio", "made"),
    [(1000, 1.0, 1000), (None, 0.25, 1280), (2000, 0.5, 1000), (60, 1.0, 60), (2, 1.0, 60)],
)
def test_object_of_parts_gets_the_face_count_and_keeps_its_parts(face_count, ratio, made):
    whole = two_halves()
    fewer = face_target.reduced(whole, face_count, ratio)
    assert len(fewer.faces) == pytest.approx(made, rel=0.05)
    assert decimate.is_solid(fewer.vertices, fewer.faces)
    middle = fewer.vertices[fewer.faces].mean(1)[:, 1]
    clear = np.abs(middle - 0.5) > 0.2
    assert ((middle < 0.5) == (fewer.part_of_face == 1))[clear].all()
    low, high = fewer.vertices.min(0), fewer.vertices.max(0)
    assert np.allclose([(low + high)[0], low[1], (low + high)[2]], 0, atol=1e-9)
    assert (high - low).max() == pytest.approx(1.0)


@pytest.mark.parametrize(("face_count", "ratio"), [(None, 1.0), (5120, 1.0), (90_000, 1.0)])
def test_object_with_no_more_faces_stays_as_it_is(face_count, ratio):
    whole = two_halves()
    assert face_target.reduced(whole, face_count, ratio) is whole


# The built-in models


@pytest.mark.parametrize("params", [{}, {"target_face_count": 500, "target_height_m": 0.3}])
@pytest.mark.parametrize("feature", ["image_to_raw_mesh", "image_to_textured_mesh"])
def test_mesh_from_a_picture_has_the_faces_and_the_height_asked_for(tmp_path, feature, params):
    size = {"texture_size": 256} if "textured" in feature else {}
    front = saved(tmp_path, figure())
    outcome = run(feature, {"image": front}, tmp_path, params | size, COARSE)
    check_made(tmp_path / "output.glb", outcome, params)


@pytest.mark.parametrize("params", [{}, {"target_face_count": 300, "target_height_m": 7.0}])
@pytest.mark.parametrize("feature", ["text_to_raw_mesh", "text_to_textured_mesh"])
def test_mesh_from_a_text_has_the_faces_and_the_height_asked_for(tmp_path, feature, params):
    size = {"texture_size": 256} if "textured" in feature else {}
    outcome = run(feature, {}, tmp_path, {"text_prompt": "a dog", "seed": 1} | params | size)
    check_made(tmp_path / "output.glb", outcome, params)


def check_made(path, outcome, params) -> None:
    low, high = bounds(path)
    assert (high - low)[1] == pytest.approx(params.get("target_height_m", 1.0), rel=1e-4)
    assert np.allclose([(low + high)[0], low[1], (low + high)[2]], 0, atol=1e-4)
    assert np.allclose(outcome.info["size_m"], high - low, atol=1e-4)
    assert outcome.info["watertight"]
    if "target_face_count" in params:
        assert outcome.info["face_count"] == pytest.approx(params["target_face_count"], rel=0.06)
    assert validate(path).complaints == []
