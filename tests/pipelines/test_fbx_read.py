"""FBX files of all forms, read into a scene: geometry, layers, places of nodes, frames and units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipelines.formats.fbx import read as fbx_read
from pipelines.formats.fbx.polygons import triangles
from pipelines.formats.scene import Mesh, Opened, world_matrices
from pipelines.formats.srgb import to_linear
from pipelines.formats.trees import placed
from tests.pipelines.fbx_bytes import (
    CUBE,
    FORMS,
    SIDES,
    N,
    binary,
    cube_file,
    geometry,
    layer,
    link,
    model,
    old_file,
    text,
    whole,
)

NEAR = 1e-9


def read(elements: list[N]) -> Opened:
    return fbx_read.read(binary(elements))


def mesh_of(elements: list[N]) -> Mesh:
    (mesh,) = read(elements).scene.meshes
    return mesh


def volume(positions: np.ndarray, faces: np.ndarray) -> float:
    """Positive where faces run counter-clockwise from outside."""
    a, b, c = (positions[faces[:, corner]] for corner in range(3))
    return float(np.einsum("md,md->m", a, np.cross(b, c)).sum() / 6.0)


# The forms of a file


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_cube_of_two_metres_is_read_from_every_form(form):
    scene = fbx_read.read(
        form(cube_file(layer("UV", "ByVertice", np.tile((0.25, 0.75), (8, 1)))))
    ).scene
    (mesh,) = scene.meshes
    assert mesh.faces.shape == (12, 3) and len(mesh.positions) == 8
    assert np.array_equal(mesh.positions, np.array(CUBE) / 100.0)
    assert volume(mesh.positions, mesh.faces) == pytest.approx(8.0)
    assert np.allclose(mesh.uvs[0], (0.25, 0.25)), "v runs down in a scene"
    assert [node.name for node in scene.nodes] == ["Cube"] and scene.nodes[0].mesh == 0


@pytest.mark.parametrize("form", [lambda rows: binary(rows, 6100), lambda rows: text(rows, 6100)])
def test_files_before_version_7_hold_meshes_in_nodes_and_name_them(form):
    scene = fbx_read.read(form(old_file())).scene
    (mesh,) = scene.meshes
    assert len(mesh.faces) == 12 and volume(mesh.positions, mesh.faces) == pytest.approx(8.0)
    assert scene.nodes[0].name == "Cube" and np.allclose(scene.nodes[0].matrix[:3, 3], (1, 0, 0))
    assert scene.materials[0].name == "Red" and set(mesh.material) == {0}
    assert scene.materials[0].colour == pytest.approx((0.25, 0.5, 0.75, 1.0))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_names_in_other_scripts_and_with_quotes_survive(form):
    rows = whole(
        [geometry(10, CUBE, SIDES), model(1, 'Würfel "立方体"')], [link(1, 0), link(10, 1)]
    )
    assert fbx_read.read(form(rows)).scene.nodes[0].name == 'Würfel "立方体"'


def test_text_may_have_comments_and_breaks_among_its_numbers():
    plain = text(cube_file()).decode()
    torn = plain.replace("a: 0.0,0.0,0.0,", "a: 0.0,0.0 ; a comment, with 7\n ,0.0,\n\t\t")
    assert torn != plain
    first, second = (fbx_read.read(form.encode()).scene.meshes[0] for form in (plain, torn))
    assert np.array_equal(first.positions, second.positions) and np.array_equal(
        first.faces, second.faces
    )


# Polygons


def test_a_polygon_with_a_notch_is_cut_without_leaving_it():
    outline = np.array([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], np.float64)
    flat = np.column_stack([outline, np.zeros(5)])
    cut, owner, coarse = triangles(np.array([0]), np.array([5]), flat)
    assert cut.shape == (3, 3) and not owner.any() and not coarse
    sides = flat[cut]
    areas = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])[:, 2] / 2
    assert (areas > 0).all() and areas.sum() == pytest.approx(10.0)


@pytest.mark.parametrize("corners", [10, 200])
def test_stars_of_few_and_of_many_corners_are_cut_into_their_own_area(corners):
    angle = np.arange(corners) / corners * 2 * np.pi
    radius = np.where(np.arange(corners) % 2, 1.0, 3.0)
    star = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.zeros(corners)])
    cut, _, coarse = triangles(np.array([0]), np.array([corners]), star)
    sides = star[cut]
    areas = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])[:, 2] / 2
    expected = corners / 2 * 3.0 * np.sin(2 * np.pi / corners)
    assert not coarse and (areas > -1e-12).all() and areas.sum() == pytest.approx(expected)


def test_lines_and_points_are_dropped_and_told():
    rows = cube_file()
    rows[2].inside[0] = geometry(10, [*CUBE, (9, 9, 9)], [*SIDES, [0, 8], [8]])
    opened = read(rows)
    assert len(opened.scene.meshes[0].faces) == 12 and len(opened.scene.meshes[0].positions) == 8
    assert any("2 points or lines" in sentence for sentence in opened.lost)


# Layers

CORNERS = 24
MAPPINGS = {
    "ByPolygonVertex": (CORNERS, lambda corner, point, side: corner),
    "ByVertice": (8, lambda corner, point, side: point),
    "ByVertex": (8, lambda corner, point, side: point),
    "ByPolygon": (6, lambda corner, point, side: side),
    "AllSame": (1, lambda corner, point, side: 0),
}


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_each_corner_has_the_value_that_the_layer_gives_it(mapping, indexed):
    count, which = MAPPINGS[mapping]
    chance = np.random.default_rng(3)
    values = chance.random((count, 2))
    index = chance.permutation(count).tolist() if indexed else None
    mesh = mesh_of(cube_file(layer("UV", mapping, values, index)))
    expected = set()
    for side, points in enumerate(SIDES):
        for place, point in enumerate(points):
            row = which(side * 4 + place, point, side)
            u, v = values[index[row] if index else row]
            expected.add((*(np.array(CUBE[point]) / 100.0), round(u, 9), round(1.0 - v, 9)))
    found = np.column_stack([mesh.positions, mesh.uvs[0]])
    assert {tuple(np.round(row, 9)) for row in found} == expected
    assert len(found) == len(expected), "no vertex twice"


def test_vertices_are_split_only_where_their_corners_differ():
    flat = [(0, 0, -1), (0, 0, 1), (0, -1, 0), (0, 1, 0), (-1, 0, 0), (1, 0, 0)]
    mesh = mesh_of(cube_file(layer("Normal", "ByPolygon", flat)))
    assert len(mesh.positions) == 24 and mesh.normals is not None
    sides = mesh.positions[mesh.faces]
    directions = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0]) / 4.0
    assert np.allclose(mesh.normals[mesh.faces], directions[:, None])
    one_seam = np.zeros((CORNERS, 2))
    one_seam[4:8] = 0.5  # the top alone
    assert len(mesh_of(cube_file(layer("UV", "ByPolygonVertex", one_seam))).positions) == 12


def test_normals_without_a_direction_come_from_the_faces():
    normals = np.tile((0.0, 3.0, 0.0), (8, 1))
    normals[0] = 0.0
    normals[1] = np.nan
    mesh = mesh_of(cube_file(layer("Normal", "ByVertice", normals)))
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0)
    assert np.allclose(mesh.normals[2], (0, 1, 0)) and (mesh.normals[0] < 0).all()


def test_several_sets_of_uvs_and_colours_that_become_linear():
    uvs = [layer("UV", "AllSame", [(0.1 * n, 0.0)], name=f"set {n}") for n in range(3)]
    colour = layer("Color", "AllSame", [(0.5, 0.2, 1.0, 0.25)])
    mesh = mesh_of(cube_file(*uvs, colour))
    assert [round(float(uv[0, 0]), 6) for uv in mesh.uvs] == [0.0, 0.1, 0.2]
    assert np.allclose(mesh.colours[0], [*to_linear(np.array([0.5, 0.2, 1.0])), 0.25])


@pytest.mark.parametrize(
    "misfit",
    [
        layer("UV", "ByPolygonVertex", np.zeros((5, 2))),
        layer("UV", "ByVertice", np.zeros((8, 2)), [0, 1, 2, 3, 4, 5, 6, 9]),
        layer("UV", "ByPhase", np.zeros((8, 2))),
        layer("Normal", "ByVertice", np.zeros((7, 3))),
        layer("Color", "ByPolygon", np.zeros((6, 4)), [0, 1, 2, -7, 4, 5]),
    ],
)
def test_a_layer_that_does_not_fit_is_dropped_and_told(misfit):
    opened = read(cube_file(misfit))
    (mesh,) = opened.scene.meshes
    assert len(mesh.faces) == 12 and not mesh.uvs and mesh.normals is None and mesh.colours is None
    assert any("do not fit" in sentence for sentence in opened.lost)


# Places

Z = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])  # a quarter turn about Z
X = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
Y = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
IDENTITY = np.eye(3)


def place(**rows: Any) -> np.ndarray:
    """The matrix of a node with these properties, its translation in cm."""
    elements = whole([geometry(10, CUBE, SIDES), model(1, "a", **rows)], [link(1, 0), link(10, 1)])
    matrix = read(elements).scene.nodes[0].matrix.copy()
    matrix[:3, 3] *= 100.0
    return matrix


def sent(matrix: np.ndarray, point: tuple[float, float, float]) -> np.ndarray:
    return (matrix @ (*point, 1.0))[:3]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (0, Z @ Y @ X),
        (1, Y @ Z @ X),
        (2, X @ Z @ Y),
        (3, Z @ X @ Y),
        (4, Y @ X @ Z),
        (5, X @ Y @ Z),
    ],
)
def test_axes_turn_in_the_order_the_node_names(order, expected):
    assert np.allclose(
        place(RotationOrder=order, Lcl_Rotation=(90.0, 90.0, 90.0))[:3, :3], expected
    )


def test_turns_before_and_after_stand_around_the_nodes_own():
    rows = {
        "PreRotation": (90.0, 0.0, 0.0),
        "Lcl_Rotation": (0.0, 0.0, 90.0),
        "PostRotation": (0.0, 90.0, 0.0),
    }
    assert np.allclose(place(**rows)[:3, :3], X @ Z @ Y.T)
    assert np.allclose(place(**rows, RotationActive=0)[:3, :3], Z), "switched off"


def test_pivots_stay_where_they_are_and_offsets_move_all():
    turned = place(Lcl_Rotation=(0.0, 0.0, 90.0), RotationPivot=(10.0, 0.0, 0.0))
    assert np.allclose(sent(turned, (10, 0, 0)), (10, 0, 0)) and np.allclose(
        sent(turned, (0, 0, 0)), (10, -10, 0)
    )
    scaled = place(Lcl_Scaling=(2.0, 3.0, 4.0), ScalingPivot=(1.0, 1.0, 1.0))
    assert np.allclose(sent(scaled, (1, 1, 1)), 1.0) and np.allclose(
        sent(scaled, (2, 2, 2)), (3, 4, 5)
    )
    moved = place(
        Lcl_Translation=(1.0, 2.0, 3.0),
        RotationOffset=(10.0, 0.0, 0.0),
        ScalingOffset=(0.0, 5.0, 0.0),
    )
    assert np.allclose(moved[:3, 3], (11, 7, 3))


@pytest.mark.parametrize(
    ("way", "x_axis"), [(0, (0, 2, 0)), (1, (0, 1, 0)), (2, (0, 1, 0))], ids=["RrSs", "RSrs", "Rrs"]
)
def test_a_child_inherits_scale_in_the_way_it_names(way, x_axis):
    """The parent is twice as wide, the child turned by a quarter about Z: whose width doubles?"""
    rows = whole(
        [
            geometry(10, CUBE, SIDES),
            model(1, "parent", "Null", Lcl_Scaling=(2.0, 1.0, 1.0)),
            model(2, "child", Lcl_Rotation=(0.0, 0.0, 90.0), InheritType=way),
        ],
        [link(1, 0), link(2, 1), link(10, 2)],
    )
    world = world_matrices(read(rows).scene.nodes)[1]
    assert np.allclose(world[:3, 0], x_axis)
    assert np.linalg.norm(world[:3, 1]) == pytest.approx(2.0 if way == 1 else 1.0)


def test_what_moves_the_mesh_alone_does_not_move_children():
    rows = whole(
        [
            geometry(10, CUBE, SIDES),
            model(
                1, "a", GeometricTranslation=(0.0, 100.0, 0.0), GeometricScaling=(-1.0, 1.0, 1.0)
            ),
            model(2, "b"),
        ],
        [link(1, 0), link(2, 1), link(10, 1), link(10, 2)],
    )
    scene = read(rows).scene
    first, second = placed(scene)
    assert np.allclose(first.positions.min(0), (-2, 1, 0)) and np.allclose(
        second.positions.min(0), 0.0
    )
    assert volume(first.positions, first.faces) == pytest.approx(8.0), (
        "mirrored faces are turned again"
    )


@pytest.mark.parametrize(
    ("settings", "high"),
    [
        ({"UpAxis": 1, "FrontAxis": 2, "CoordAxis": 0}, (1, 2, 3)),
        ({"UpAxis": 2, "FrontAxis": 1, "FrontAxisSign": -1, "CoordAxis": 0}, (1, 3, -2)),
        ({"UpAxis": 0, "FrontAxis": 2, "CoordAxis": 1, "CoordAxisSign": -1}, (-2, 1, 3)),
        ({"CoordAxisSign": -1}, (-1, 2, 3)),
        ({"UnitScaleFactor": 2.54}, (2.54, 5.08, 7.62)),
        ({"UnitScaleFactor": 100.0}, (100, 200, 300)),
        ({"UpAxis": 1, "FrontAxis": 1}, (1, 2, 3)),
    ],
)
def test_every_frame_and_unit_comes_to_y_up_and_metres(settings, high):
    box = [(x * 100, y * 200, z * 300) for z in (0, 1) for y in (0, 1) for x in (0, 1)]
    rows = whole(
        [
            geometry(10, box, SIDES),
            model(1, "a", Lcl_Translation=(100.0, 0.0, 0.0), Lcl_Rotation=(30.0, 40.0, 50.0)),
            model(2, "b", Lcl_Translation=(0.0, 50.0, 0.0)),
            model(3, "plain"),
        ],
        [link(1, 0), link(2, 1), link(10, 2), link(3, 0), link(10, 3)],
        **settings,
    )
    moved, plain = placed(read(rows).scene)
    ends = np.where(np.array(high) > 0, plain.positions.max(0), plain.positions.min(0))
    assert np.allclose(ends, high)
    assert volume(plain.positions, plain.faces) == pytest.approx(abs(np.prod(high)))
    # The frame goes into the tree too: nodes inside nodes keep their sizes and distances.
    assert volume(moved.positions, moved.faces) == pytest.approx(abs(np.prod(high)))


def test_a_mesh_on_two_nodes_is_kept_once():
    rows = whole(
        [
            geometry(10, CUBE, SIDES),
            model(1, "a"),
            model(2, "b", Lcl_Translation=(500.0, 0.0, 0.0)),
        ],
        [link(1, 0), link(2, 0), link(10, 1), link(10, 2)],
    )
    scene = read(rows).scene
    assert len(scene.meshes) == 1 and [node.mesh for node in scene.nodes] == [0, 0]


def test_nodes_without_a_place_in_the_tree_stand_at_its_top():
    rows = whole(
        [geometry(10, CUBE, SIDES), model(1, "a"), model(2, "lost")], [link(1, 0), link(10, 1)]
    )
    assert [(node.name, node.parent) for node in read(rows).scene.nodes] == [
        ("a", -1),
        ("lost", -1),
    ]
