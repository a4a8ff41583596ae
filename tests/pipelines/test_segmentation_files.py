"""What the built-in segmentation writes: labels in the order of the file's faces, parts that touch, what is dropped."""

import json

import numpy as np
import pytest
import trimesh

from pipelines.errors import InvalidValue
from pipelines.geometry import segment
from tests.pipelines.classic_pictures import run
from tests.pipelines.sent_glb import textured_glb
from tests.pipelines.solids import ball, box, joined, tube

SEGMENT = "mesh_segmentation"
BALLS = (ball((0, 0, 0), 1.0), ball((1.5, 0, 0), 0.8))


def sent(folder, mesh):
    path = folder / "mesh.ply"
    path.write_bytes(mesh.export(file_type="ply"))
    return path


def test_parts_that_touch_are_told_with_the_length_of_their_border(tmp_path):
    solids = (box((0, 0, 0), (2, 1, 2)), tube((0, 0.4, 0), (0, 2.4, 0), 0.4))
    apart = trimesh.creation.icosphere(2, radius=0.5).apply_translation((5, 0, 0))
    mesh = trimesh.util.concatenate([joined(solids), apart])
    run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path, {"num_parts": 3})
    told = json.loads((tmp_path / "parts.json").read_text())
    (border,) = told["adjacency"]
    lengths = [tuple(part["bounds"]["max"]) for part in told["parts"]]
    alone = int(np.argmax([high[0] for high in lengths]))
    assert alone not in border["parts"] and len(set(border["parts"])) == 2
    # The tube's foot, a circle of .4.
    assert border["border_length"] == pytest.approx(2 * np.pi * 0.4, rel=0.15)


POINTS = "".join(f"v {x} {y} {z}\n" for x in (0, 1) for y in (0, 1) for z in (0, 1))
# Two cubes of six quads each, their faces by turns, of two materials by turns, one face cut in two triangles.
LEFT = [(1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8), (2, 8, 4)]


def two_cubes_obj():
    """(text, cube of each face)"""
    far = "".join(f"v {x + 9} {y} {z}\n" for x in (0, 1) for y in (0, 1) for z in (0, 1))
    rows, cube = [], []
    for face in LEFT:
        for number in (0, 1):
            rows.append(
                f"usemtl m{(len(rows) // 3) % 2}\nf " + " ".join(str(c + 8 * number) for c in face)
            )
            cube.append(number)
    return POINTS + far + "\n".join(rows) + "\n", cube


def two_cubes_ply():
    text, cube = two_cubes_obj()
    lines = text.splitlines()
    faces = [[int(word) - 1 for word in row[2:].split()] for row in lines if row.startswith("f ")]
    places = [row[2:] for row in lines if row.startswith("v ")]
    head = (
        f"ply\nformat ascii 1.0\nelement vertex {len(places)}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = [" ".join(map(str, [len(face), *face])) for face in faces]
    return head + "\n".join(places + rows) + "\n", cube


@pytest.mark.parametrize(("made", "name"), [(two_cubes_obj, "m.obj"), (two_cubes_ply, "m.ply")])
def test_labels_are_those_of_the_files_faces_in_its_order(tmp_path, made, name):
    text, cube = made()
    (tmp_path / name).write_text(text)
    outcome = run(SEGMENT, {"mesh": tmp_path / name}, tmp_path, {"num_parts": 2})
    told = json.loads((tmp_path / "parts.json").read_text())
    labels = told["face_labels"]
    assert told["face_count"] == len(labels) == len(cube) == 14
    assert labels in (cube, [1 - one for one in cube])
    assert sum(part["face_count"] for part in told["parts"]) == outcome.info["face_count"] == 24


def test_a_polygon_is_never_cut(tmp_path):
    (tmp_path / "m.obj").write_text(
        POINTS + "".join(f"f {' '.join(map(str, f))}\n" for f in LEFT[:5])
    )
    run(SEGMENT, {"mesh": tmp_path / "m.obj"}, tmp_path, {"num_parts": 5})
    told = json.loads((tmp_path / "parts.json").read_text())
    assert sorted(told["face_labels"]) == [0, 1, 2, 3, 4]
    assert [part["face_count"] for part in told["parts"]] == [2] * 5
    with pytest.raises(InvalidValue, match="num_parts is 6; the mesh has too few faces, 5"):
        run(SEGMENT, {"mesh": tmp_path / "m.obj"}, tmp_path, {"num_parts": 6})


def test_a_polygon_that_partly_lies_on_another_keeps_its_part():
    points = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0], [4, 1, 0], [0, 0, 1]], float)
    faces = np.array([[0, 1, 2], [0, 1, 2], [1, 3, 2], [0, 4, 1]])
    found = segment.segment(points, faces, 3, owner=np.array([0, 1, 1, 2]))
    assert found.count == 3 and sorted(set(found.label)) == [0, 1, 2]
    assert found.label[1] == found.label[2]


def test_labels_of_a_scene_go_node_after_node(tmp_path):
    scene = trimesh.Scene()
    for number, name in enumerate(["zebra", "ant", "moth"]):
        cube = trimesh.creation.box().apply_translation((3 * number, 0, 0))
        cube = cube.subdivide() if name == "ant" else cube
        scene.add_geometry(cube, node_name=name, geom_name=name)
    path = tmp_path / "scene.glb"
    path.write_bytes(scene.export(file_type="glb"))
    run(SEGMENT, {"mesh": path}, tmp_path, {"num_parts": 3})
    labels = json.loads((tmp_path / "parts.json").read_text())["face_labels"]
    runs = [labels[:12], labels[12:60], labels[60:]]
    assert len(labels) == 72 and [len(set(one)) for one in runs] == [1, 1, 1]
    assert len({one[0] for one in runs}) == 3


def test_a_mesh_that_two_nodes_show_is_labelled_at_each_of_them(tmp_path):
    """The reader has both nodes of the first mesh first."""
    scene = trimesh.Scene()
    for number, name in enumerate(["first", "second"]):
        cube = trimesh.creation.box().apply_translation((3 * number, 0, 0))
        cube = cube.subdivide() if name == "second" else cube
        scene.add_geometry(cube, node_name=name, geom_name=name)
    far = trimesh.transformations.translation_matrix((9, 0, 0))
    scene.graph.update(frame_to="third", geometry="first", matrix=far)
    path = tmp_path / "scene.glb"
    path.write_bytes(scene.export(file_type="glb"))
    run(SEGMENT, {"mesh": path}, tmp_path, {"num_parts": 3})
    told = json.loads((tmp_path / "parts.json").read_text())
    labels = told["face_labels"]
    runs = [labels[:12], labels[12:60], labels[60:]]
    assert [len(set(one)) for one in runs] == [1, 1, 1]
    assert [round(told["parts"][one[0]]["bounds"]["max"][0] - 0.5) for one in runs] == [0, 3, 9]


def test_a_texture_that_is_replaced_is_named(tmp_path):
    mesh = joined(BALLS, detail=3)
    codes = []
    for path in (textured_glb(tmp_path / "mesh.glb", mesh), sent(tmp_path, mesh)):
        outcome = run(SEGMENT, {"mesh": path}, tmp_path)
        codes.append([notice.code for notice in outcome.warnings])
    assert "TEXTURE_DROPPED" in codes[0] and "TEXTURE_DROPPED" not in codes[1]


def test_labels_alone_drop_no_texture(tmp_path):
    mesh = joined(BALLS, detail=3)
    params = {"num_parts": 2, "output_format": "json"}
    path = textured_glb(tmp_path / "mesh.glb", mesh)
    assert run(SEGMENT, {"mesh": path}, tmp_path, params).warnings == ()
