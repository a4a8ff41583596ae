"""Thumbnails of meshes with many faces: the ways that make them quick show the same as the plain ones."""

import dataclasses

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.errors import NothingToModel
from pipelines.geometry import drawing, fill, glb, raster, screen, thumbnail
from pipelines.geometry.glb_drawn import Drawn, Surface, read
from tests.pipelines.test_thumbnail import RED, ball_glb, scene_glb, seen

PX = 128


def some_faces(count: int, reach_px: float, size: int = PX) -> np.ndarray:
    """Faces (count, 3, 3) about that large, some of them partly outside of the picture."""
    rng = np.random.default_rng(5)
    flat = rng.uniform(-2, size + 2, (count, 1, 2)) + rng.uniform(
        -reach_px, reach_px, (count, 3, 2)
    )
    return np.dstack([flat, rng.random((count, 3, 1))]).astype(np.float32)


def textured_ball(path, subdivisions=4):
    """A ball in quarters of four colours."""
    ball = trimesh.creation.icosphere(subdivisions)
    uv = ball.vertices[:, :2] * 0.49 + 0.5
    image = np.kron(
        np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]]), np.ones((32, 32, 1))
    )
    material = glb.Material(base_colour=image.astype(np.uint8))
    glb.write(path, ball.vertices, ball.faces, ball.vertex_normals, uv=uv, material=material)
    return path


def taken_apart(piece: Drawn) -> Drawn:
    """The piece, with vertices of its own for every face."""
    order = piece.faces.reshape(-1)
    rows = {
        name: None if (values := getattr(piece, name)) is None else values[order]
        for name in ("vertices", "normals", "uv", "colours")
    }
    return dataclasses.replace(piece, faces=np.arange(len(order)).reshape(-1, 3), **rows)


def drawn(pieces, size=PX) -> np.ndarray:
    eye = drawing.eye_for(pieces, drawing.axes_of(32.0, 18.0))
    return drawing.draw(pieces, eye, size).astype(int)


@pytest.mark.parametrize("reach_px", [0.7, 2.0, 5.0, 9.0])
def test_faces_drawn_by_squares_cover_what_they_cover_by_rows(monkeypatch, reach_px):
    corners = some_faces(3000, reach_px)
    by_squares = raster.seen_faces(corners, PX)
    monkeypatch.setattr(fill, "SMALL_PX", 0)
    by_rows = raster.seen_faces(corners, PX)
    assert (by_squares != by_rows).mean() < 0.003, "but where a centre lies on an edge"
    assert ((by_squares < 0) != (by_rows < 0)).mean() < 0.001


def test_face_of_no_area_shows_no_pixel_however_long_it_is():
    corners = np.array([[[11, 45.5, 0], [21, 13.5, 0], [21, 13.5, 0]]], np.float32)
    assert (raster.seen_faces(corners, PX) == -1).all()


def test_few_faces_at_all_their_pixels_at_once_are_seen_as_many_one_by_one(monkeypatch):
    corners = some_faces(4000, 4.0)
    monkeypatch.setattr(fill, "FEW_FACES", 0)
    one_by_one = raster.seen_faces(corners, PX)
    monkeypatch.setattr(fill, "FEW_FACES", 10**9)
    assert np.array_equal(raster.seen_faces(corners, PX), one_by_one)
    assert (one_by_one >= 0).mean() > 0.5


def test_faces_in_small_bands_show_the_same(monkeypatch):
    corners = some_faces(5000, 3.0)
    at_once = raster.seen_faces(corners, PX)
    monkeypatch.setattr(fill, "BAND", 50)
    monkeypatch.setattr(raster, "BAND_FACES", 333)
    monkeypatch.setattr(raster, "DRAWN_FACES", 111)
    assert np.array_equal(raster.seen_faces(corners, PX), at_once)


@pytest.mark.parametrize("look_after", [40, 400, 10**9])
def test_closed_surface_has_no_hole_however_often_it_is_looked_what_is_hidden(
    tmp_path, monkeypatch, look_after
):
    pieces = read(textured_ball(tmp_path / "ball.glb", 5), texture_px=64)
    plain = drawn(pieces)
    monkeypatch.setattr(raster, "LOOK_AFTER", look_after)
    monkeypatch.setattr(raster, "BAND_FACES", 500)
    picture = drawn(pieces)
    assert np.array_equal(picture, plain)
    rows, columns = np.mgrid[:PX, :PX] + 0.5 - PX / 2
    radius = PX * (1 - 2 * drawing.MARGIN) / 2
    assert (picture[np.hypot(rows, columns) < radius - 1.5][:, 3] == 255).all()


def test_mesh_whose_faces_share_nothing_looks_as_one_whose_faces_do(tmp_path, monkeypatch):
    pieces = read(textured_ball(tmp_path / "ball.glb"), texture_px=64)
    plain = drawn(pieces)
    apart = [taken_apart(piece) for piece in pieces]
    assert not screen.is_loose(apart[0])
    monkeypatch.setattr(screen, "LOOSE_FACES", 100)
    monkeypatch.setattr(screen, "BAND_FACES", 300)
    assert screen.is_loose(apart[0]) and not screen.is_loose(pieces[0])
    assert np.abs(drawn(apart) - plain).max() <= 3
    mixed = dataclasses.replace(apart[0], faces=apart[0].faces[::-1])
    assert np.abs(drawn([mixed]) - plain).max() <= 3


def test_loose_and_shared_pieces_stand_in_one_picture(tmp_path, monkeypatch):
    (ball,) = read(textured_ball(tmp_path / "ball.glb"), texture_px=64)
    others = read(
        scene_glb(
            tmp_path / "two.glb",
            (trimesh.creation.box((0.5, 3.0, 0.5)), RED),
            (trimesh.creation.box((3.0, 0.5, 0.5)), RED),
        ),
        texture_px=64,
    )
    plain = drawn([others[0], ball, others[1]])
    monkeypatch.setattr(screen, "LOOSE_FACES", 100)
    pieces = [others[0], taken_apart(ball), others[1]]
    assert [screen.is_loose(piece) for piece in pieces] == [False, True, False]
    assert np.abs(drawn(pieces) - plain).max() <= 3


def test_loose_faces_with_a_corner_nowhere_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(screen, "LOOSE_FACES", 100)
    (piece,) = read(textured_ball(tmp_path / "ball.glb"), texture_px=64)
    apart = taken_apart(piece)
    plain = drawn([apart])
    points = apart.vertices.copy()
    points[5], points[300] = np.nan, np.inf
    damaged = drawn([dataclasses.replace(apart, vertices=points)])
    assert np.abs(damaged - plain).mean() < 2.0
    nowhere = dataclasses.replace(apart, vertices=np.full_like(points, np.nan))
    with pytest.raises(NothingToModel):
        drawn([nowhere])


def test_vertices_that_no_face_uses_do_not_count(tmp_path):
    (piece,) = read(textured_ball(tmp_path / "ball.glb"), texture_px=64)
    plain = drawn([piece])
    far = np.array([[900.0, 0.0, 0.0]], np.float32)
    more = dataclasses.replace(
        piece,
        vertices=np.concatenate([piece.vertices, far]),
        normals=np.concatenate([piece.normals, far]),
        uv=np.concatenate([piece.uv, far[:, :2]]),
    )
    assert np.array_equal(drawn([more]), plain)


@pytest.mark.parametrize("away_m", [3.0, 300.0])
def test_mesh_far_from_the_origin_looks_as_one_that_is_there(tmp_path, away_m):
    (piece,) = read(textured_ball(tmp_path / "ball.glb"), texture_px=64)
    moved = dataclasses.replace(piece, vertices=piece.vertices + np.float32(away_m))
    assert np.abs(drawn([moved]) - drawn([piece])).mean() < 0.5


def test_corners_of_one_face_after_the_other_are_not_looked_up_one_by_one():
    points = np.arange(36, dtype=np.float32).reshape(12, 3)
    piece = Drawn(points, np.zeros((0, 3), int), Surface(np.ones(3, np.float32)), None, None, None)
    in_order = screen._corners(piece, np.arange(3, 9).reshape(2, 3))
    assert np.shares_memory(in_order, points) and np.array_equal(in_order, points[3:9])
    mixed = np.array([[3, 5, 4], [6, 7, 8]])
    assert np.array_equal(screen._corners(piece, mixed), points[mixed.reshape(-1)])


def test_reader_leaves_what_stays_as_it_is_in_the_file(tmp_path):
    path = ball_glb(tmp_path / "ball.glb")
    (piece,) = read(path, texture_px=64)
    for values in (piece.vertices, piece.normals, piece.faces):
        assert not values.flags.owndata and not values.flags.writeable
    path.unlink()
    assert np.linalg.norm(piece.vertices, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_colours_of_vertices_in_bytes_are_those_in_floats(tmp_path):
    ball = trimesh.creation.icosphere(3)
    (piece,) = read(scene_glb(tmp_path / "ball.glb", (ball, (200, 90, 10))), texture_px=64)
    assert piece.colours.dtype == np.uint8
    floats = dataclasses.replace(piece, colours=piece.colours[:, :3].astype(np.float32) / 255)
    assert np.abs(drawn([piece]) - drawn([floats])).max() <= 1


def test_thin_bars_of_many_faces_stay_whole(tmp_path, monkeypatch):
    """Bars of half a pixel: drawn coarser, they would come apart."""
    bar = trimesh.creation.cylinder(0.004, 2.0, sections=12).subdivide_loop(1)
    across = bar.copy().apply_transform(trimesh.transformations.rotation_matrix(1.2, (1, 0.3, 0)))
    whole = trimesh.util.concatenate([bar, across])
    path = tmp_path / "bars.glb"
    glb.write(path, whole.vertices, whole.faces, whole.vertex_normals)
    monkeypatch.setattr(drawing, "COARSER", ((10, 1.25),))
    alpha = seen(path)[..., 3]
    rows = np.flatnonzero(alpha.any(1))
    assert (alpha[rows[0] : rows[-1] + 1].max(1) > 30).all()
    assert thumbnail.SIZE_PX == len(alpha)


def test_picture_of_a_mesh_is_no_other_for_having_its_faces_in_another_order(tmp_path):
    ball = trimesh.creation.icosphere(5)
    order = np.random.default_rng(1).permutation(len(ball.faces))
    pictures = []
    for name, faces in (("a", ball.faces), ("b", ball.faces[order])):
        path = tmp_path / f"{name}.glb"
        glb.write(path, ball.vertices, faces, ball.vertex_normals)
        thumbnail.write(path, path.with_suffix(".webp"))
        with Image.open(path.with_suffix(".webp")) as picture:
            pictures.append(np.asarray(picture).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.05
