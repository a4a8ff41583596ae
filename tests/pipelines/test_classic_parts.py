"""The built-in parts: what was put together is told apart again, and what was cut open is closed."""

import json

import numpy as np
import pytest
import trimesh
from scipy.optimize import linear_sum_assignment

from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput
from pipelines.geometry import complete, halfedges, mesh_io, thickness, weld
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import run
from tests.pipelines.sent_glb import textured_glb
from tests.pipelines.solids import ball, box, capsule_figure, joined, tube

SEGMENT, COMPLETE = "mesh_segmentation", "part_completion"


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


@pytest.mark.parametrize(
    "mesh",
    [trimesh.creation.icosphere(4), trimesh.creation.box().subdivide().subdivide().subdivide()],
    ids=["ball", "cube"],
)
def test_a_shape_of_one_part_is_not_cut(tmp_path, mesh):
    outcome = run(SEGMENT, {"mesh": sent(tmp_path, mesh)}, tmp_path)
    assert outcome.info["num_parts"] == 1
    assert [notice.code for notice in outcome.warnings] == ["FEWER_PARTS"]
    assert "num_parts is 8" in outcome.warnings[0].message


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


@pytest.mark.parametrize("feature", [SEGMENT, COMPLETE])
def test_odd_meshes_are_taken(tmp_path, feature):
    rng = np.random.default_rng(5)
    soup = trimesh.Trimesh(rng.normal(size=(90, 3)), np.arange(90).reshape(-1, 3), process=False)
    triangle = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], process=False)
    cube = trimesh.creation.box()
    flat = np.vstack([cube.faces, [[0, 0, 1], [2, 2, 2]]])
    degenerate = trimesh.Trimesh(cube.vertices, flat, process=False)
    made = []
    for name, mesh in (("soup", soup), ("triangle", triangle), ("degenerate", degenerate)):
        folder = tmp_path / name
        folder.mkdir()
        outcome = run(feature, {"mesh": sent(folder, mesh)}, folder)
        assert outcome.info["num_parts"] >= 1
        made.append(folder / "output.glb")
    for path, report in zip(made, validate_all(made), strict=True):
        assert report.complaints == [], path


@pytest.mark.parametrize("feature", [SEGMENT, COMPLETE, "auto_rig"])
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\n", NothingToModel),
        ("v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", UnreadableInput),
        ("v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", NothingToModel),
    ],
    ids=["no faces", "nan", "no area"],
)
def test_bad_meshes_are_refused_in_plain_words(tmp_path, feature, text, error):
    (tmp_path / "mesh.obj").write_text(text)
    with pytest.raises(error) as caught:
        run(feature, {"mesh": tmp_path / "mesh.obj"}, tmp_path)
    assert str(tmp_path) not in caught.value.message


# Completion


def scene_of(folder, **meshes):
    scene = trimesh.Scene()
    for name, mesh in meshes.items():
        scene.add_geometry(mesh, node_name=name, geom_name=name)
    path = folder / "scene.glb"
    path.write_bytes(scene.export(file_type="glb"))
    return path


def without(mesh, faces):
    return trimesh.Trimesh(mesh.vertices, mesh.faces[~faces], process=False)


def test_cut_parts_become_closed_bodies_under_their_own_names(tmp_path):
    sphere = trimesh.creation.icosphere(4)
    cup = without(sphere, sphere.triangles_center[:, 1] > 0.3)
    crate = trimesh.creation.box((1, 1, 1)).subdivide().subdivide().apply_translation((3, 0, 0))
    lidless = without(crate, crate.triangles_center[:, 1] > 0.49)
    path = scene_of(tmp_path, cup=cup, crate=lidless)
    outcome = run(COMPLETE, {"mesh": path}, tmp_path)
    assert outcome.info["watertight"] and outcome.info["split_by"] == "nodes"
    assert not outcome.warnings
    pieces = {piece.name: piece for piece in mesh_io.read_pieces(tmp_path / "output.glb")}
    assert set(pieces) == {"cup", "crate"}
    closed = {
        name: trimesh.Trimesh(piece.vertices, piece.faces, process=False)
        for name, piece in pieces.items()
    }
    assert all(mesh.is_watertight and mesh.is_winding_consistent for mesh in closed.values())
    assert closed["crate"].volume == pytest.approx(1.0, abs=1e-4)
    assert 0.75 * sphere.volume < closed["cup"].volume < sphere.volume
    facts = {row["name"]: row for row in outcome.info["parts"]}
    assert (facts["crate"]["flat_lids"], facts["cup"]["smooth_lids"]) == (1, 1)
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


def test_own_faces_stay_where_they_are():
    sphere = trimesh.creation.icosphere(3)
    open_ = without(sphere, sphere.triangles_center[:, 1] > 0.2)
    body = complete.complete(open_.vertices, open_.faces)
    assert body.kept == len(open_.faces)
    assert np.allclose(body.vertices[body.faces[: body.kept]], open_.triangles)


def test_a_smooth_lid_goes_on_as_the_surface_does():
    sphere = trimesh.creation.icosphere(4)
    wavy = sphere.triangles_center[:, 1] > 0.75 + 0.1 * np.sin(6 * sphere.triangles_center[:, 0])
    open_ = without(sphere, wavy)
    body = complete.complete(open_.vertices, open_.faces)
    added = body.vertices[np.unique(body.faces[body.kept :])]
    # A flat lid would lie .25 below the ball.
    assert body.watertight and np.abs(np.linalg.norm(added, axis=1) - 1.0).max() < 0.12


def test_segmented_parts_are_completed_all(tmp_path):
    run(SEGMENT, {"mesh": sent(tmp_path, joined(capsule_figure()))}, tmp_path, {"num_parts": 6})
    cut = (tmp_path / "output.glb").rename(tmp_path / "cut.glb")
    outcome = run(COMPLETE, {"mesh": cut}, tmp_path)
    assert outcome.info["num_parts"] == 6 and outcome.info["watertight"]
    for piece in mesh_io.read_pieces(tmp_path / "output.glb"):
        assert trimesh.Trimesh(piece.vertices, piece.faces, process=False).is_watertight


def test_one_mesh_is_split_first_and_that_is_said(tmp_path):
    outcome = run(COMPLETE, {"mesh": sent(tmp_path, joined(capsule_figure()))}, tmp_path)
    assert outcome.info["split_by"] == "segmentation" and outcome.info["num_parts"] > 1
    assert outcome.warnings[0].code == "SPLIT_FIRST"
    two = trimesh.util.concatenate(
        [trimesh.creation.box(), trimesh.creation.box().apply_translation((3, 0, 0))]
    )
    outcome = run(COMPLETE, {"mesh": sent(tmp_path, two)}, tmp_path)
    assert outcome.info["split_by"] == "bodies"
    assert [notice.code for notice in outcome.warnings] == ["SPLIT_FIRST", "NOTHING_OPEN"]


def test_a_sheet_is_closed_and_told_of(tmp_path):
    grid = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]])
    outcome = run(COMPLETE, {"mesh": sent(tmp_path, grid)}, tmp_path)
    assert "PART_IS_SHEET" in [notice.code for notice in outcome.warnings]


def test_faces_wound_both_ways_are_brought_in_line():
    sphere = trimesh.creation.icosphere(3)
    faces = sphere.faces.copy()
    faces[::3] = faces[::3, ::-1]
    body = complete.complete(sphere.vertices, faces)
    mesh = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert mesh.is_winding_consistent and mesh.volume > 4.0 and body.flat_lids == 0


def test_bodies_that_share_an_edge_are_taken_apart():
    one = trimesh.creation.box()
    both = trimesh.util.concatenate([one, one.copy().apply_translation((1, 1, 0))])
    welded = weld.weld(both.vertices, both.faces)
    vertices, faces = halfedges.manifold(welded.vertices, welded.faces)
    assert len(halfedges.rims(faces)) == 0 and len(vertices) == 16


def test_a_cloud_of_loose_faces_is_refused_soon(tmp_path):
    corners = np.random.default_rng(0).normal(size=(2_100, 1, 3))
    spread = np.random.default_rng(1).normal(size=(2_100, 3, 3)) * 0.01
    cloud = trimesh.Trimesh(
        (corners + spread).reshape(-1, 3), np.arange(6_300).reshape(-1, 3), process=False
    )
    with pytest.raises(InvalidValue, match="2,100 openings"):
        complete.complete(cloud.vertices, cloud.faces)


def test_too_many_nodes_are_refused(tmp_path):
    boxes = {f"n{i}": trimesh.creation.box().apply_translation((2 * i, 0, 0)) for i in range(501)}
    with pytest.raises(InvalidValue, match="501 nodes"):
        run(COMPLETE, {"mesh": scene_of(tmp_path, **boxes)}, tmp_path)


@pytest.mark.parametrize("feature", [SEGMENT, COMPLETE])
def test_a_texture_that_is_replaced_is_named(tmp_path, feature):
    mesh = joined(SHAPES["two balls that touch"], detail=3)
    codes = []
    for path in (textured_glb(tmp_path / "mesh.glb", mesh), sent(tmp_path, mesh)):
        outcome = run(feature, {"mesh": path}, tmp_path)
        codes.append([notice.code for notice in outcome.warnings])
    assert "TEXTURE_DROPPED" in codes[0] and "TEXTURE_DROPPED" not in codes[1]


def test_labels_alone_drop_no_texture(tmp_path):
    mesh = joined(SHAPES["two balls that touch"], detail=3)
    params = {"num_parts": 2, "output_format": "json"}
    path = textured_glb(tmp_path / "mesh.glb", mesh)
    assert run(SEGMENT, {"mesh": path}, tmp_path, params).warnings == ()
