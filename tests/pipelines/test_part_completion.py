"""The built-in part completion: what the other side shows comes back, what is left open is closed, nothing else."""

import numpy as np
import pytest
import trimesh

from pipelines.errors import InvalidValue, NothingToModel, UnreadableInput
from pipelines.geometry import complete, halfedges, mesh_io, weld
from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import run
from tests.pipelines.sent_glb import textured_glb
from tests.pipelines.solids import ball, capsule, capsule_figure, joined

SEGMENT, COMPLETE = "mesh_segmentation", "part_completion"


def sent(folder, mesh, name="mesh.ply"):
    path = folder / name
    path.write_bytes(mesh.export(file_type=path.suffix[1:]))
    return path


@pytest.mark.parametrize("feature", [COMPLETE])
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


@pytest.mark.parametrize("feature", [COMPLETE, "auto_rig"])
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
    assert outcome.info["watertight"] and outcome.info["num_parts"] == 2
    assert not outcome.warnings
    pieces = {piece.name: piece for piece in mesh_io.read_pieces(tmp_path / "output.glb")}
    assert set(pieces) == {"cup", "crate"}
    closed = {
        name: trimesh.Trimesh(piece.vertices, piece.faces, process=False)
        for name, piece in pieces.items()
    }
    assert all(mesh.is_watertight and mesh.is_winding_consistent for mesh in closed.values())
    assert closed["crate"].volume == pytest.approx(1.0, abs=1e-4)
    # A ball's far side shows what its near side lacks.
    assert 0.75 * sphere.volume < closed["cup"].volume < 1.01 * sphere.volume
    facts = {row["name"]: row for row in outcome.info["parts"]}
    assert facts["crate"]["flat_lids"] == 1 and facts["crate"]["done"] == ["filled"]
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


def test_neighbours_get_the_same_lid_where_they_were_cut_apart(tmp_path):
    sphere = trimesh.creation.icosphere(4)
    above = sphere.triangles_center[:, 1] > 0.2
    path = scene_of(tmp_path, top=without(sphere, ~above), base=without(sphere, above))
    outcome = run(COMPLETE, {"mesh": path}, tmp_path)
    assert [row["done"] for row in outcome.info["parts"]] == [["filled"], ["filled"]]
    assert [row["symmetry"] for row in outcome.info["parts"]] == [None, None]
    top, base = (
        trimesh.Trimesh(piece.vertices, piece.faces, process=False)
        for piece in mesh_io.read_pieces(tmp_path / "output.glb")
    )
    assert top.is_watertight and base.is_watertight
    assert top.volume + base.volume == pytest.approx(sphere.volume, rel=1e-4)


def figure_without_an_arm():
    """A figure, and the same without what lies beyond its first shoulder."""
    whole = joined(capsule_figure())
    return whole, without(whole, whole.triangles_center[:, 0] > 0.24)


def test_a_missing_arm_comes_back_from_the_other_side(tmp_path):
    whole, open_ = figure_without_an_arm()
    outcome = run(COMPLETE, {"mesh": sent(tmp_path, open_, "mesh.ply")}, tmp_path)
    (facts,) = outcome.info["parts"]
    assert facts["done"] == ["mirrored", "filled"] and facts["faces_mirrored"] > 0
    assert (facts["watertight_before"], facts["watertight_after"]) == (False, True)
    assert facts["loops_closed"] == 1 and facts["symmetry"]["score"] > 0.55
    assert abs(facts["symmetry"]["normal"][0]) == pytest.approx(1.0, abs=0.01)
    made = trimesh.load(tmp_path / "output.glb", force="mesh", process=False)
    assert made.is_watertight and made.is_winding_consistent
    assert made.volume == pytest.approx(whole.volume, rel=0.02)
    assert made.bounds == pytest.approx(whole.bounds, abs=0.02)
    assert validate_all([tmp_path / "output.glb"])[0].complaints == []


def test_what_has_no_counterpart_does_not_come_back():
    whole = joined((ball((0, 0, 0), 1.0), capsule((0.9, 0.1, 0), (2.2, 0.7, 0.3), 0.25)))
    stump = without(whole, whole.triangles_center[:, 0] > 1.3)
    body = complete.complete(stump.vertices, stump.faces)
    # A mirrored tooth of the ragged rim may be there, the rest of the rod may not.
    assert body.watertight and body.vertices[:, 0].max() < 1.6


def test_a_shape_that_is_no_mirror_image_of_itself_is_only_filled():
    solids = (
        ball((0, 0, 0), 1.0),
        capsule((0.3, 0.9, 0.2), (0.8, 1.9, 0.9), 0.2),
        capsule((-0.8, 0.2, 0.4), (-2.0, -0.4, 1.2), 0.25),
        capsule((0.2, -0.7, -0.6), (0.6, -1.6, -1.7), 0.35),
        capsule((0.9, 0.1, 0.2), (2.2, 0.7, 0.3), 0.25),
    )
    whole = joined(solids)
    stump = without(whole, np.linalg.norm(whole.triangles_center - (2.2, 0.7, 0.3), axis=1) < 0.9)
    body = complete.complete(stump.vertices, stump.faces)
    assert body.done == ("filled",) and body.mirrored == 0 and body.watertight


def test_a_hole_in_a_ball_is_closed_as_the_ball_goes_on():
    sphere = trimesh.creation.icosphere(4)
    away = np.linalg.norm(sphere.triangles_center - sphere.vertices[7], axis=1)
    open_ = without(sphere, away < 0.3)
    body = complete.complete(open_.vertices, open_.faces)
    added = body.vertices[np.unique(body.faces[body.kept :])]
    assert body.watertight and not body.watertight_before
    assert np.abs(np.linalg.norm(added, axis=1) - 1.0).max() < 0.02


def test_where_nothing_is_open_nothing_changes(tmp_path):
    rng = np.random.default_rng(3)
    crate = trimesh.creation.box((1, 2, 1)).subdivide()
    crate.faces = crate.faces[rng.permutation(len(crate.faces))]
    corners = trimesh.Trimesh(
        crate.triangles.reshape(-1, 3), np.arange(crate.faces.size).reshape(-1, 3), process=False
    )
    sphere = trimesh.creation.icosphere(2).apply_translation((3, 0, 0))
    path = scene_of(tmp_path, crate=corners, sphere=sphere)
    outcome = run(COMPLETE, {"mesh": path}, tmp_path)
    assert [notice.code for notice in outcome.warnings] == ["NOTHING_OPEN"]
    for facts in outcome.info["parts"]:
        assert facts["done"] == ["already_closed"] and facts["loops_closed"] == 0
        assert facts["watertight_before"] and facts["watertight_after"]
    before, after = mesh_io.read_pieces(path), mesh_io.read_pieces(tmp_path / "output.glb")
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one.vertices, other.vertices)
        assert np.array_equal(one.faces, other.faces)


def test_one_mesh_is_one_part(tmp_path):
    outcome = run(COMPLETE, {"mesh": sent(tmp_path, joined(capsule_figure()))}, tmp_path)
    assert outcome.info["num_parts"] == 1
    assert [notice.code for notice in outcome.warnings] == ["NOTHING_OPEN"]


def test_progress_is_told_and_a_wish_to_stop_is_heard():
    class Stop(Exception):
        pass

    _, open_ = figure_without_an_arm()
    heard = []

    def hear(share):
        heard.append(share)
        if len(heard) == 20:
            raise Stop

    with pytest.raises(Stop):
        complete.complete(open_.vertices, open_.faces, heard=hear)


def test_many_holes_are_closed_all():
    plate = trimesh.creation.box((8, 8, 0.2)).subdivide_to_size(0.15)
    x, y, _ = (8.0 * plate.triangles_center / 8.0).T
    holes = (np.abs((x % 0.8) - 0.4) < 0.12) & (np.abs((y % 0.8) - 0.4) < 0.12)
    open_ = without(plate, holes)
    body = complete.complete(open_.vertices, open_.faces)
    assert body.openings > 100 and body.watertight


def test_rims_that_share_a_vertex_are_closed_each():
    sphere = trimesh.creation.icosphere(3)
    vertex = 20
    ring = np.flatnonzero((sphere.faces == vertex).any(axis=1))
    gone = np.zeros(len(sphere.faces), bool)
    gone[ring[[0, 2]] if len(ring) > 3 else ring[:1]] = True
    open_ = without(sphere, gone)
    body = complete.complete(open_.vertices, open_.faces)
    assert body.openings >= 1 and body.watertight


def test_a_sheet_is_closed_and_told_of(tmp_path):
    grid = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]])
    outcome = run(COMPLETE, {"mesh": sent(tmp_path, grid)}, tmp_path)
    assert "PART_IS_SHEET" in [notice.code for notice in outcome.warnings]


def test_faces_wound_both_ways_are_brought_in_line_where_a_hole_is_closed():
    sphere = trimesh.creation.icosphere(3)
    faces = sphere.faces.copy()[1:]
    faces[::3] = faces[::3, ::-1]
    body = complete.complete(sphere.vertices, faces)
    mesh = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 4.0


def test_bodies_that_share_an_edge_are_taken_apart():
    one = trimesh.creation.box()
    both = trimesh.util.concatenate([one, one.copy().apply_translation((1, 1, 0))])
    welded = weld.weld(both.vertices, both.faces)
    vertices, faces = halfedges.manifold(welded.vertices, welded.faces)
    assert len(halfedges.rims(faces)) == 0 and len(vertices) == 16


def test_a_cloud_of_loose_faces_is_refused_soon(tmp_path):
    corners = np.random.default_rng(0).normal(size=(20_100, 1, 3))
    spread = np.random.default_rng(1).normal(size=(20_100, 3, 3)) * 0.01
    cloud = trimesh.Trimesh(
        (corners + spread).reshape(-1, 3), np.arange(60_300).reshape(-1, 3), process=False
    )
    with pytest.raises(InvalidValue, match="20,100 openings"):
        complete.complete(cloud.vertices, cloud.faces)


def test_too_many_nodes_are_refused(tmp_path):
    boxes = {f"n{i}": trimesh.creation.box().apply_translation((2 * i, 0, 0)) for i in range(501)}
    with pytest.raises(InvalidValue, match="501 nodes"):
        run(COMPLETE, {"mesh": scene_of(tmp_path, **boxes)}, tmp_path)


@pytest.mark.parametrize("feature", [COMPLETE])
def test_a_texture_that_is_replaced_is_named(tmp_path, feature):
    mesh = joined((ball((0, 0, 0), 1.0), ball((1.5, 0, 0), 0.8)), detail=3)
    codes = []
    for path in (textured_glb(tmp_path / "mesh.glb", mesh), sent(tmp_path, mesh)):
        outcome = run(feature, {"mesh": path}, tmp_path)
        codes.append([notice.code for notice in outcome.warnings])
    assert "TEXTURE_DROPPED" in codes[0] and "TEXTURE_DROPPED" not in codes[1]


def legged(*feet):
    """A ball with a rod, 0.25 thick, from its underside to each of the feet (x, y, z)."""
    rods = [capsule((0.5 * np.sign(x), -0.6, 0), (x, y, z), 0.25) for x, y, z in feet]
    return joined((ball((0, 0, 0), 1.0), ball((0, 1.2, 0), 0.6), *rods))


def test_a_leg_in_another_pose_is_not_taken_where_its_foot_is_left():
    whole = legged((0.6, -2.4, 0.0), (-0.6, -1.8, 1.5))
    hip, way = np.array([-0.5, -0.6, 0.0]), np.array([-0.1, -1.2, 1.5])
    way /= np.linalg.norm(way)
    along = (whole.triangles_center - hip) @ way
    off = np.linalg.norm(whole.triangles_center - hip - along[:, None] * way, axis=1)
    open_ = without(whole, (off < 0.3) & (along > 0.8) & (along < 1.5))
    body = complete.complete(open_.vertices, open_.faces)
    made = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert body.openings == 2 and body.mirrored == 0
    assert body.watertight and made.body_count == 1
    # The other leg's mirror image would end lower.
    assert made.bounds == pytest.approx(whole.bounds, abs=0.02)
    assert not made.contains([(-0.6, -2.4, 0.0)]).any()
    assert made.volume == pytest.approx(whole.volume, rel=0.05)


def test_a_foot_that_is_left_is_joined_by_the_mirrored_leg_where_both_ends_fit():
    whole = legged((0.6, -2.4, 0.0), (-0.6, -2.4, 0.0))
    x, y, _ = whole.triangles_center.T
    open_ = without(whole, (x < 0) & (y < -1.3) & (y > -2.1))
    body = complete.complete(open_.vertices, open_.faces)
    made = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert body.mirrored > 0 and body.bands == 2 and body.watertight and made.body_count == 1
    assert made.volume == pytest.approx(whole.volume, rel=0.02)


def test_what_stands_alone_in_an_opening_becomes_part_of_its_lid():
    sphere = trimesh.creation.icosphere(5)
    x, y, z = sphere.triangles_center.T
    island = (np.hypot(x - 0.05, z) < 0.15) | (np.hypot(x, z - 0.4) < 0.1)
    open_ = without(sphere, (y > 0.6) & ~island)
    body = complete.complete(open_.vertices, open_.faces)
    made = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert body.openings == 3 and body.watertight and made.body_count == 1
    # Lids of their own would leave three bodies, the largest without the cap of .4 above a flat lid.
    cap = np.pi * 0.4**2 * 2.6 / 3.0
    assert sphere.volume - 0.75 * cap < made.volume < sphere.volume


def test_bodies_whose_openings_look_elsewhere_stay_apart():
    sphere = trimesh.creation.icosphere(3)
    bowl = without(sphere, sphere.triangles_center[:, 1] > 0.5)
    both = trimesh.util.concatenate([bowl, bowl.copy().apply_translation((2.5, 0, 0))])
    body = complete.complete(both.vertices, both.faces)
    made = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert body.openings == 2 and body.watertight and made.body_count == 2
