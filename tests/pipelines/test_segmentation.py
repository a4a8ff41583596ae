"""The built-in segmentation: what was put together is told apart again, in as many parts as were asked for."""

import json

import numpy as np
import pytest
import trimesh
from scipy.optimize import linear_sum_assignment

from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput
from pipelines.geometry import (
    exact_count,
    face_graph,
    mesh_io,
    patches,
    segment,
    sight,
    thickness,
    weld,
)
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import run
from tests.pipelines.solids import ball, box, capsule_figure, joined, tube

SEGMENT = "mesh_segmentation"


def sent(folder, mesh, name="mesh.ply"):
    path = folder / name
    path.write_bytes(mesh.export(file_type=path.suffix[1:]))
    return path


def agreement(mesh, labels, solids) -> float:
    """Share of the area whose found part is that of the solid it was made of, parts and solids matched at best."""
    truth = np.argmin([solid.away(mesh.triangles_center) for solid in solids], axis=0)
    table = np.zeros((labels.max() + 1, len(solids)))
    np.add.at(table, (labels, truth), mesh.area_faces)
    return float(table[linear_sum_assignment(-table)].sum() / table.sum())


SHAPES = {
    "a box with a tube on it": (box((0, 0, 0), (2, 1, 2)), tube((0, 0.4, 0), (0, 2.4, 0), 0.4)),
    "two balls that touch": (ball((0, 0, 0), 1.0), ball((1.5, 0, 0), 0.8)),
    "a table": (
        box((0, 1.05, 0), (2, 0.15, 1.4)),
        *(tube((x, 0, z), (x, 1.05, z), 0.09) for x in (-0.8, 0.8) for z in (-0.5, 0.5)),
    ),
    "a figure": capsule_figure(),
}


@pytest.mark.parametrize("solids", SHAPES.values(), ids=SHAPES)
def test_parts_are_those_that_the_shape_was_put_together_from(tmp_path, solids):
    mesh = joined(solids)
    path = sent(tmp_path, mesh)
    outcome = run(SEGMENT, {"mesh": path}, tmp_path, {"num_parts": len(solids)})
    labels = np.array(json.loads((tmp_path / "parts.json").read_text())["face_labels"])
    assert outcome.info["num_parts"] == len(solids) and not outcome.warnings
    assert agreement(mesh, labels, solids) > 0.9


@pytest.mark.parametrize("name", ["a box with a tube on it", "two balls that touch"])
def test_without_embree_inscribed_balls_tell_thickness(tmp_path, monkeypatch, name):
    monkeypatch.setattr(thickness, "has_embree", lambda: False)
    mesh = joined(SHAPES[name])
    run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path, {"num_parts": 2})
    labels = np.array(json.loads((tmp_path / "parts.json").read_text())["face_labels"])
    assert agreement(mesh, labels, SHAPES[name]) > 0.9


def test_scene_and_labels_tell_the_same(tmp_path):
    mesh = joined(SHAPES["two balls that touch"], detail=3)
    outcome = run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path, {"num_parts": 2})
    assert [(file.name, file.role) for file in outcome.files] == [
        ("output.glb", "model"),
        ("parts.json", "labels"),
    ]
    told = json.loads((tmp_path / "parts.json").read_text())
    pieces = mesh_io.read_pieces(tmp_path / "output.glb")
    assert [piece.name for piece in pieces] == ["part_00", "part_01"]
    assert len(told["face_labels"]) == len(mesh.faces) == outcome.info["face_count"]
    for index, piece in enumerate(pieces):
        facts = told["parts"][index]
        assert facts["face_count"] == told["face_labels"].count(index) == len(piece.faces)
        assert facts["area"] == pytest.approx(
            trimesh.Trimesh(piece.vertices, piece.faces).area, rel=1e-4
        )
        assert np.allclose(facts["bounds"]["max"], piece.vertices.max(0), atol=1e-5)
    assert outcome.info["vertex_count"] == sum(len(piece.vertices) for piece in pieces)
    scene = trimesh.load_scene(tmp_path / "output.glb")
    colours = {tuple(g.visual.material.baseColorFactor) for g in scene.geometry.values()}
    assert len(colours) == 2


def test_output_format_json_gives_the_labels_as_the_model(tmp_path):
    mesh = joined(SHAPES["two balls that touch"], detail=3)
    params = {"num_parts": 2, "output_format": "json"}
    (file,) = run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path, params).files
    assert (file.name, file.role, file.media_type) == ("output.json", "model", "application/json")
    assert len(json.loads((tmp_path / file.name).read_text())["face_labels"]) == len(mesh.faces)
    assert not (tmp_path / "output.glb").exists()


def soup(count, seed=5):
    corners = np.random.default_rng(seed).normal(size=(3 * count, 3))
    return trimesh.Trimesh(corners, np.arange(3 * count).reshape(-1, 3), process=False)


def sheet(side=5):
    x, z = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
    points = np.stack([x.ravel(), np.zeros(x.size), z.ravel()], axis=1)
    first = (np.arange(side)[:, None] * (side + 1) + np.arange(side)[None, :]).ravel()
    quads = np.stack([first, first + side + 1, first + side + 2, first + 1], axis=1)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return trimesh.Trimesh(points, faces, process=False)


def crowd(count):
    """Loose bodies of one size."""
    cubes = [trimesh.creation.box().apply_translation((2 * i, 0, 0)) for i in range(count)]
    return trimesh.util.concatenate(cubes)


def doubled(mesh):
    """Every face twice, and faces without area."""
    flat = np.stack([mesh.faces[:, 0], mesh.faces[:, 1], mesh.faces[:, 0]], axis=1)
    return trimesh.Trimesh(
        mesh.vertices, np.concatenate([mesh.faces, flat, mesh.faces]), process=False
    )


ODD = {
    "a ball": trimesh.creation.icosphere(2),
    "a cube": trimesh.creation.box().subdivide().subdivide(),
    "a sheet": sheet(),
    "loose triangles": soup(90),
    "more bodies than parts": crowd(40),
    "two bodies": crowd(2).subdivide(),
    "faces twice and faces without area": doubled(trimesh.creation.icosphere(1)),
    "a ball with one face of its own": trimesh.util.concatenate(
        [trimesh.creation.icosphere(2), soup(1).apply_translation((9, 0, 0))]
    ),
    "a long needle": trimesh.creation.cylinder(0.001, 100.0, sections=20),
}


@pytest.mark.parametrize("count", [2, 8, 32])
@pytest.mark.parametrize("mesh", ODD.values(), ids=ODD)
def test_there_are_exactly_as_many_parts_as_asked_for(mesh, count):
    found = segment.segment(mesh.vertices, mesh.faces, count)
    assert found.count == count and len(found.label) == len(mesh.faces)
    assert sorted(set(found.label.tolist())) == list(range(count))


def test_as_many_parts_as_faces_can_be_had():
    cube = trimesh.creation.box()
    assert sorted(segment.segment(cube.vertices, cube.faces, 12).label) == list(range(12))


@pytest.mark.parametrize(
    ("mesh", "faces", "way_out"),
    [
        (trimesh.creation.box(), 12, "choose at most 12 or send a finer mesh"),
        (soup(1), 1, "send a finer mesh"),
        (doubled(trimesh.creation.box()), 12, "choose at most 12"),
    ],
    ids=["a cube", "a triangle", "a cube with faces twice"],
)
def test_more_parts_than_faces_are_refused_in_plain_words(tmp_path, mesh, faces, way_out):
    with pytest.raises(InvalidValue) as caught:
        run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path, {"num_parts": 13})
    message = caught.value.message
    assert "num_parts is 13" in message and f"too few faces, {faces}" in message
    assert way_out in message


def test_cuts_that_follow_no_crease_are_told_of(tmp_path):
    ball_ = trimesh.creation.icosphere(3)
    outcome = run(SEGMENT, {"mesh": sent(tmp_path, ball_)}, tmp_path, {"num_parts": 4})
    assert (outcome.info["num_parts"], outcome.info["num_parts_shown"]) == (4, 1)
    assert [notice.code for notice in outcome.warnings] == ["CUTS_WITHOUT_CREASE"]
    assert "num_parts is 4; the mesh shows 1" in outcome.warnings[0].message


def test_where_no_crease_calls_for_a_cut_sharp_edges_do():
    cube = trimesh.creation.box().subdivide().subdivide().subdivide()
    found = segment.segment(cube.vertices, cube.faces, 6)
    side = np.unique(np.round(cube.face_normals), axis=0, return_inverse=True)[1].reshape(-1)
    assert found.shown == 1
    assert all(np.bincount(side[found.label == part]).max() > 120 for part in range(6))


def test_a_crumb_is_no_part_while_a_limb_can_be():
    """A body of less than a thousandth of the area, and a real limb."""
    limb = joined(SHAPES["a box with a tube on it"], detail=3)
    crumb = trimesh.creation.icosphere(1, radius=0.02).apply_translation((1.2, 0.4, 0.9))
    both = trimesh.util.concatenate([limb, crumb])
    label = segment.segment(both.vertices, both.faces, 2).label
    truth = np.argmin(
        [solid.away(limb.triangles_center) for solid in SHAPES["a box with a tube on it"]], axis=0
    )
    own = label[: len(limb.faces)]
    assert np.maximum((own == truth).mean(), (own != truth).mean()) > 0.9
    assert len(set(label[len(limb.faces) :])) == 1


@pytest.mark.parametrize("count", [3, 6])
def test_parts_that_a_label_lost_are_cut_from_the_largest(count):
    mesh = trimesh.creation.box((3, 1, 1)).subdivide().subdivide()
    label = (mesh.triangles_center[:, 0] > 1.2).astype(int) * 5
    more = exact_count.enough(mesh.vertices, mesh.faces, label, count)
    assert sorted(set(more)) == list(range(count))
    area = np.bincount(more, mesh.area_faces)
    assert area.max() < 0.6 * mesh.area
    with pytest.raises(ValueError, match="192 faces"):
        exact_count.enough(mesh.vertices, mesh.faces, label, 193)


def test_a_run_is_reported_often_and_may_be_ended_from_there():
    mesh = joined(SHAPES["two balls that touch"], detail=3)
    heard = []
    segment.segment(mesh.vertices, mesh.faces, 2, heard.append)
    assert len(heard) > 12 and heard == sorted(heard) and heard[-1] == 1.0

    def stop(share):
        if share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        segment.segment(mesh.vertices, mesh.faces, 2, stop)


def test_halves_of_a_dumbbell_do_not_see_each_other():
    mesh = joined((ball((0, 0, 0), 1.0), ball((2.4, 0, 0), 1.0), tube((0, 0, 0), (2.4, 0, 0), 0.2)))
    welded = weld.weld(mesh.vertices, mesh.faces)
    graph = face_graph.build(welded.vertices, welded.faces)
    thick = thickness.log_thickness(welded.vertices, welded.faces, graph)
    small = patches.cut(graph, thick, 200)
    seen = sight.lines_of_sight(welded.vertices, welded.faces, graph, thick, small)
    left, right = small.centre[:, 0] < 0.7, small.centre[:, 0] > 1.7
    assert np.array_equal(seen, seen.T)
    assert seen[np.ix_(left, left)].mean() > 0.9 and seen[np.ix_(left, right)].mean() < 0.1


def test_loose_bodies_are_parts(tmp_path):
    balls = [trimesh.creation.icosphere(3).apply_translation((3 * i, 0, 0)) for i in range(3)]
    outcome = run(
        SEGMENT,
        {"mesh": sent(tmp_path, trimesh.util.concatenate(balls))},
        tmp_path,
        {"num_parts": 3},
    )
    assert outcome.info["num_parts"] == outcome.info["bodies"] == 3
    labels = np.array(json.loads((tmp_path / "parts.json").read_text())["face_labels"])
    assert all(len(set(group)) == 1 for group in labels.reshape(3, -1))


def test_same_mesh_gives_the_same_parts(tmp_path):
    path = sent(tmp_path, joined(capsule_figure(), detail=3))
    texts = []
    for _ in range(2):
        run(SEGMENT, {"mesh": path}, tmp_path, {"num_parts": 6})
        texts.append((tmp_path / "parts.json").read_text())
    assert texts[0] == texts[1]


def test_a_large_mesh_is_split_on_a_stand_in(tmp_path):
    mesh = joined((ball((0, 0, 0), 1.0), ball((1.5, 0, 0), 0.8)), detail=6)
    assert len(mesh.faces) > 100_000
    heard = []
    outcome = run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path, {"num_parts": 2}, heard=heard)
    assert outcome.info["num_parts"] == 2 and outcome.info["face_count"] == len(mesh.faces)
    labels = np.array(json.loads((tmp_path / "parts.json").read_text())["face_labels"])
    truth = SHAPES["two balls that touch"]
    assert agreement(mesh, labels, truth) > 0.95
    assert len([1 for stage, fraction in heard if stage == "segment" and 0 < fraction < 1]) >= 3


@pytest.mark.parametrize("name", ["loose triangles", "more bodies than parts", "a sheet"])
def test_what_is_made_of_odd_meshes_is_valid(tmp_path, name):
    outcome = run(SEGMENT, {"mesh": sent(tmp_path, ODD[name])}, tmp_path)
    assert outcome.info["num_parts"] == 8
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\n", NothingToModel),
        ("v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", UnreadableInput),
        ("v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", NothingToModel),
    ],
    ids=["no faces", "nan", "no area"],
)
def test_bad_meshes_are_refused_in_plain_words(tmp_path, text, error):
    (tmp_path / "mesh.obj").write_text(text)
    with pytest.raises(error) as caught:
        run(SEGMENT, {"mesh": tmp_path / "mesh.obj"}, tmp_path)
    assert str(tmp_path) not in caught.value.message
