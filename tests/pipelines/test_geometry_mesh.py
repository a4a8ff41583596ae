"""Solids are closed and true to their outlines; decimation, atlas, bake and GLB keep what they promise."""

import cv2
import manifold3d
import numpy as np
import pytest
import trimesh
from scipy import ndimage

from pipelines.geometry import bake, decimate, glb, hull, inflate, matting, normals, solid, uv_atlas
from pipelines.geometry.matting import Cutout
from tests.pipelines.classic_pictures import document, figure, volume

SMALL = solid.Shape(resolution=128)


def front_outline(vertices, faces, extent, shape) -> np.ndarray:
    """The mesh seen from +Z, (h, w) bool, with the box over the whole picture."""
    height, width = shape
    x = (vertices[:, 0] / extent[0] + 0.5) * width - 0.5
    y = (0.5 - vertices[:, 1] / extent[1]) * height - 0.5
    places = np.round(np.stack([x, y], axis=1) * 16).astype(np.int32)
    image = np.zeros(shape, np.uint8)
    for triangle in places[faces]:
        cv2.fillConvexPoly(image, triangle, 1, shift=4)
    return image > 0


def struck(vertices, faces, extent, shape) -> np.ndarray:
    """As `front_outline`, exactly: whether the line of sight through a pixel's centre meets the mesh."""
    import trimesh

    width, height = extent[0] / shape[1], extent[1] / shape[0]
    x = (np.arange(shape[1]) + 0.5) * width - extent[0] / 2
    y = extent[1] / 2 - (np.arange(shape[0]) + 0.5) * height
    starts = np.stack([*np.meshgrid(x, y), np.full(shape, 1e3)], axis=-1).reshape(-1, 3)
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    ways = np.tile([0.0, 0.0, -1.0], (len(starts), 1))
    return mesh.ray.intersects_any(starts, ways).reshape(shape)


def iou(first, second) -> float:
    return float((first & second).sum() / (first | second).sum())


@pytest.fixture(scope="module")
def cutout() -> Cutout:
    return matting.cut_out(np.asarray(figure(1024)))


@pytest.fixture(scope="module")
def standard(cutout):
    vertices, faces, extent = solid.from_front(cutout, solid.Shape())
    return (*decimate.to_face_count(vertices, faces, 12_000, first_tolerance=0.3), extent)


def disc(size: int = 120) -> Cutout:
    rows, cols = np.mgrid[:size, :size]
    mask = np.hypot(rows - size / 2 + 0.5, cols - size / 2 + 0.5) <= size / 2
    return Cutout(np.full((size, size, 3), 128, np.uint8), mask, "alpha", ())


def block(height: int, width: int) -> Cutout:
    return Cutout(
        np.full((height, width, 3), 128, np.uint8), np.ones((height, width), bool), "alpha", ()
    )


def test_the_outline_is_kept(cutout, standard):
    vertices, faces, extent = standard
    assert iou(front_outline(vertices, faces, extent, cutout.mask.shape), cutout.mask) > 0.99


def test_the_solid_is_closed_and_wound_outward(standard):
    vertices, faces, _ = standard
    assert decimate.is_solid(vertices, faces) and volume(vertices, faces) > 0
    assert abs(len(faces) - 12_000) < 240


def test_holes_and_thin_legs_survive(cutout, standard):
    vertices, faces, extent = standard
    seen = front_outline(vertices, faces, extent, cutout.mask.shape)
    _, pieces = ndimage.label(seen)
    _, gaps = ndimage.label(np.pad(~seen, 1, constant_values=True))
    assert pieces == 1 and gaps == 2
    assert seen[-8:].any(), "the feet are there"


def drawn(size: int, paint) -> Cutout:
    """What `paint` fills with 1 in a picture of size x size, cut out."""
    canvas = np.zeros((size, size), np.uint8)
    paint(canvas)
    rgba = np.dstack([np.full((size, size, 3), 150, np.uint8), canvas * 255])
    return matting.cut_out(rgba)


def thin(canvas) -> None:
    cv2.circle(canvas, (300, 180), 90, 1, -1)
    for x in (230, 280, 330, 380):
        cv2.line(canvas, (300, 180), (x, 560), 1, 7)
    cv2.line(canvas, (300, 180), (560, 40), 1, 5)


def pierced(canvas) -> None:
    cv2.circle(canvas, (300, 300), 270, 1, -1)
    for x, y, radius in ((200, 200, 60), (400, 220, 40), (300, 420, 90), (450, 450, 12)):
        cv2.circle(canvas, (x, y), radius, 0, -1)


def several(canvas) -> None:
    cv2.rectangle(canvas, (30, 60), (180, 520), 1, -1)
    cv2.circle(canvas, (320, 200), 90, 1, -1)
    cv2.fillPoly(canvas, [np.array([[300, 560], [570, 560], [440, 330]])], 1)


def star(canvas) -> None:
    turn = np.arange(14) * np.pi / 7
    radius = np.where(np.arange(14) % 2, 90, 290)[:, None]
    points = 300 + radius * np.stack([np.sin(turn), -np.cos(turn)], axis=1)
    cv2.fillPoly(canvas, [points.round().astype(np.int32)], 1)


@pytest.mark.parametrize("paint", [thin, pierced, several, star])
def test_outlines_of_every_kind_are_kept(paint):
    cutout = drawn(600, paint)
    vertices, faces, extent = solid.from_front(cutout, solid.Shape())
    vertices, faces = decimate.to_face_count(vertices, faces, 12_000, first_tolerance=0.3)
    assert decimate.is_solid(vertices, faces)
    seen = struck(vertices, faces, extent, cutout.mask.shape)
    assert iou(seen, cutout.mask) > 0.99
    # Pixels that touch at a corner belong together: pieces and holes are counted so.
    for shown, expected in ((seen, cutout.mask), (~np.pad(seen, 1), ~np.pad(cutout.mask, 1))):
        pieces = [ndimage.label(mask, np.ones((3, 3)))[1] for mask in (shown, expected)]
        assert pieces[0] == pieces[1]


def test_a_guess_of_depth_bends_and_thickens_the_body():
    side = 96 + 2 * solid.PAD
    slope = np.tile(np.arange(side, dtype=np.float32) - side / 2.0, (side, 1)) * 0.5
    guess = inflate.Guess(np.full((side, side), 0.5, np.float32), slope)
    shape = solid.Shape(resolution=96, relief_height=0)
    vertices, faces, _ = solid.from_front(disc(), shape, lambda rows, cols: guess)
    assert decimate.is_solid(vertices, faces)
    for x in (-20, 0, 20):
        here = vertices[np.hypot(vertices[:, 0] - x, vertices[:, 1]) < 1, 2]
        assert (here.max() + here.min()) / 2 == pytest.approx(0.5 * x, abs=1.5)
        assert np.ptp(here) == pytest.approx(np.sqrt(48**2 - x**2), rel=0.1), "half of a ball's"


def balls(rows: int, cols: int) -> inflate.Guess:
    """The depth that knows nothing, on a padded grid."""
    size = (rows + 2 * solid.PAD, cols + 2 * solid.PAD)
    return inflate.Guess(np.ones(size, np.float32), np.zeros(size, np.float32))


@pytest.mark.parametrize("guess", [None, balls])
@pytest.mark.parametrize("resolution", [64, 256, 384])
def test_the_deepest_body_has_a_grid_no_larger_than_others(resolution, guess):
    def grid(depth):
        shape = solid.Shape(resolution=resolution, depth=depth, relief_height=0)
        outline, body, levels = solid.fitting_body(disc(), shape, guess)
        return outline, sum(body.reach()) / (outline.shape[0] - 2 * solid.PAD), len(levels)

    flat, thickness, _ = grid(1.0)
    assert flat.shape == (resolution + 2 * solid.PAD,) * 2, "the standard keeps its resolution"
    deep, thicker, levels = grid(6.0)
    assert 0.8 * solid.most_voxels(resolution) < deep.size * levels <= solid.most_voxels(resolution)
    assert thicker == pytest.approx(6 * thickness, rel=0.05)
    assert solid.most_voxels(resolution) * 4 <= 256e6, "bytes of the field"


def test_a_line_thinner_than_a_voxel_does_not_break():
    mask = np.zeros((900, 900), bool)
    mask[300:600, 300:600] = True
    mask[449:451] = True
    vertices, faces, _ = solid.from_front(
        Cutout(np.zeros((900, 900, 3), np.uint8), mask, "alpha", ()), SMALL
    )
    assert np.ptp(vertices[:, 0]) > 124
    _, pieces = ndimage.label(front_outline(vertices, faces, (128, 128), (256, 256)))
    assert pieces == 1


def test_a_disc_becomes_a_round_body():
    vertices, _, _ = solid.from_front(disc(), solid.Shape(resolution=96, relief_height=0))
    thickness = np.ptp(vertices[:, 2])
    assert 0.4 * 96 < thickness < 0.85 * 96, "a body, pressed a little flat"
    assert abs(vertices[:, 2].max() + vertices[:, 2].min()) < 1.5


def test_two_views_of_a_block_give_its_three_sides():
    views = {"image": block(60, 90), "image_left": block(60, 30)}
    vertices, faces, extent = hull.from_views(views, solid.Shape(resolution=90, relief_height=0))
    assert np.allclose(np.ptp(vertices, axis=0), [90, 60, 30], atol=1.5) and tuple(extent) == (
        90,
        60,
        30,
    )
    assert decimate.is_solid(vertices, faces)


def test_three_views_of_a_block_have_sharp_edges():
    views = {"image": block(60, 90), "image_right": block(60, 30), "image_top": block(30, 90)}
    vertices, faces, _ = hull.from_views(views, solid.Shape(resolution=90, relief_height=0))
    assert volume(vertices, faces) > 0.93 * 90 * 60 * 30


def test_three_views_of_a_vase_round_its_neck():
    mask = np.zeros((120, 80), bool)
    mask[:40, 30:50] = True
    mask[40:] = True
    vase = Cutout(np.full((120, 80, 3), 128, np.uint8), mask, "alpha", ())
    views = {"image": vase, "image_left": vase, "image_top": disc(80)}
    vertices, faces, _ = hull.from_views(views, solid.Shape(resolution=120, relief_height=0))
    neck = vertices[np.abs(vertices[:, 1] - 40) < 5]
    assert np.hypot(neck[:, 0], neck[:, 2]).max() < 11.5, "round, where the outlines allow a square"
    assert decimate.is_solid(vertices, faces)


def test_what_no_picture_needs_is_no_part_of_the_body():
    # Three dice of which no two touch; seen from three sides a fourth, in their corner, is hidden behind them.
    grey, dice = np.full((90, 90, 3), 128, np.uint8), np.zeros((90, 90, 90), bool)
    for x, y, z in ((0, 0, 60), (0, 60, 0), (60, 0, 0)):
        dice[x : x + 30, y : y + 30, z : z + 30] = True
    pictures = {
        "image": dice.any(axis=2).T[::-1],
        "image_left": dice.any(axis=0)[::-1, ::-1],
        "image_top": dice.any(axis=1).T,
    }
    views = {slot: Cutout(grey, mask, "alpha", ()) for slot, mask in pictures.items()}
    field, _ = hull.carved(views, solid.Shape(resolution=90, relief_height=0))
    assert ndimage.label(field > 0)[1] == 3
    assert iou((field > 0).any(axis=2)[3:-3, 3:-3], pictures["image"]) > 0.97


@pytest.mark.parametrize(("slot", "sign"), [("image_left", 1), ("image_right", -1)])
def test_a_side_view_is_laid_the_right_way_round(slot, sign):
    # An L: its foot points to the left of the picture. Seen from +X that is the front, seen from -X the back.
    mask = np.zeros((80, 60), bool)
    mask[:, 30:] = True
    mask[60:, :] = True
    views = {
        "image": block(80, 40),
        slot: Cutout(np.zeros((80, 60, 3), np.uint8), mask, "alpha", ()),
    }
    vertices, _, _ = hull.from_views(views, solid.Shape(resolution=80, relief_height=0))
    foot = vertices[vertices[:, 1] < -25]
    top = vertices[vertices[:, 1] > 10]
    assert (foot[:, 2] * sign).max() > (top[:, 2] * sign).max() + 15


@pytest.mark.parametrize(("slot", "sign"), [("image_top", 1), ("image_bottom", -1)])
def test_a_view_from_above_or_below_is_laid_the_right_way_round(slot, sign):
    # A T whose bar lies at the bottom of the picture: from above the front edge, from below the back edge.
    mask = np.zeros((60, 80), bool)
    mask[:, 30:50] = True
    mask[40:] = True
    views = {
        "image": block(40, 80),
        slot: Cutout(np.zeros((60, 80, 3), np.uint8), mask, "alpha", ()),
    }
    vertices, _, _ = hull.from_views(views, solid.Shape(resolution=80, relief_height=0))
    wide = vertices[np.abs(vertices[:, 0]) > 20]
    assert (wide[:, 2] * sign).min() > 0


@pytest.mark.parametrize("target", [6_000, 1_200, 120])
def test_decimation_hits_the_count_and_stays_closed(standard, target):
    vertices, faces = decimate.to_face_count(standard[0], standard[1], target, first_tolerance=0.3)
    assert abs(len(faces) - target) <= 0.05 * target
    assert decimate.is_closed(faces) and volume(vertices, faces) > 0


def test_decimation_by_tolerance_is_closed_too(standard):
    vertices, faces = decimate.by_tolerance(standard[0], standard[1], 3_000, first_tolerance=0.1)
    assert abs(len(faces) - 3_000) <= 90 and decimate.is_solid(vertices, faces)


def test_an_open_or_badly_wound_mesh_is_not_closed():
    tetrahedron = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]])
    assert decimate.is_closed(tetrahedron)
    assert not decimate.is_closed(tetrahedron[:3])
    assert not decimate.is_closed(np.vstack([tetrahedron[:3], tetrahedron[3:, ::-1]]))


def test_the_atlas_keeps_faces_in_place_without_overlap(standard):
    vertices, faces = standard[0], standard[1]
    cut = uv_atlas.unwrap(vertices, faces)
    assert np.array_equal(cut.origin[cut.faces], faces)
    assert cut.uv.min() >= 0 and cut.uv.max() <= 1
    a, b, c = (cut.uv[cut.faces[:, i]].astype(float) for i in range(3))
    area = (
        np.abs(np.cross(b - a, c - a))
        if False
        else np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    )
    covered = (bake.texel_faces(cut.uv, cut.faces, 1024) >= 0).mean()
    assert area.sum() / 2 <= covered, "charts lie beside each other"


def test_a_bake_finds_the_points_again():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    faces, uv = np.array([[0, 1, 2], [0, 2, 3]]), vertices[:, :2].astype(np.float32) * 0.5
    corner_normals = np.broadcast_to(np.array([0, 0, 1], np.float32), (2, 3, 3))
    mesh = bake.TexturedMesh(vertices, faces, uv, corner_normals)
    image = bake.shade(mesh, bake.texel_faces(uv, faces, 64), lambda points, _: points * 200)
    assert image.shape == (64, 64, 3)
    assert np.allclose(image[63 - 15, 15, :2], [97, 97], atol=4), "the middle of the square"
    assert np.allclose(image[0, 0], image[32, 0], atol=8), "gaps take the nearest colour"


def test_normals_have_length_one_even_where_there_is_no_area():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], float)
    faces = np.array([[0, 1, 2]])
    for rows in (normals.vertex_normals(vertices, faces), normals.face_normals(vertices, faces)):
        assert np.allclose(rows, [0, 1, 0])


def test_a_glb_is_named_after_its_maker_and_aligned(tmp_path):
    vertices = np.eye(3)
    size = glb.write(tmp_path / "a.glb", vertices, np.array([[0, 1, 2]]), np.zeros((3, 3)))
    assert size == (tmp_path / "a.glb").stat().st_size and size % 4 == 0
    row = document(tmp_path / "a.glb")
    assert row["asset"] == {"version": "2.0", "generator": "Meshkiln"}


def _broken_in_turn(vertices, faces, way):
    vertices, faces = vertices.copy(), faces.copy()
    if way == "a hole":
        faces = faces[:-1]
    elif way == "inside out":
        faces = faces[:, ::-1]
    elif way == "doubled":
        faces = np.concatenate([faces, faces])
    elif way == "pinched":
        faces = np.where(faces == 5, 0, faces)
    elif way == "nowhere":
        vertices[3] = np.nan
    elif way == "beyond float32":
        vertices *= 1e39
    elif way == "nothing inside":
        faces = np.array([[0, 1, 2], [0, 2, 1]])
    return vertices, faces


@pytest.mark.parametrize(
    "way",
    "as made|a hole|inside out|doubled|pinched|nowhere|beyond float32|nothing inside".split("|"),
)
def test_a_solid_is_closed_and_what_manifold_takes_as_a_body(way):
    ball = trimesh.creation.icosphere(1)
    vertices, faces = _broken_in_turn(
        ball.vertices.view(np.ndarray), ball.faces.view(np.ndarray), way
    )
    with np.errstate(over="ignore"):
        mesh = manifold3d.Mesh(vertices.astype(np.float32), faces.astype(np.uint32))
    taken = manifold3d.Manifold(mesh).status() == manifold3d.Error.NoError
    assert decimate.is_solid(vertices, faces) == (taken and decimate.is_closed(faces))
    assert decimate.is_solid(vertices, faces) == (way in {"as made", "inside out"})
