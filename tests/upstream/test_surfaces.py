"""Points on meshes for networks that read clouds, fields asked near their surface alone, and the frames of parts."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from pipelines.errors import NothingToModel
from pipelines.neural import isosurface, narrow_band, surface_points
from pipelines.neural.holopart import conditions
from pipelines.neural.unirig import body

BOX = trimesh.creation.box((4.0, 1.0, 2.0))


def test_points_lie_on_faces_by_their_area_with_their_normals() -> None:
    found = surface_points.sampled(BOX.vertices, BOX.faces, 20_000, np.random.default_rng(0))
    corners = BOX.triangles[found.face]
    above = np.einsum("ij,ij->i", found.places - corners[:, 0], found.normals)
    assert np.abs(above).max() < 1e-6
    assert np.allclose(found.normals, BOX.face_normals[found.face], atol=1e-6)
    assert (np.abs(found.places) <= np.array([2.0, 0.5, 1.0]) + 1e-6).all()
    share = np.bincount(found.face, minlength=12) / 20_000
    assert np.allclose(share, BOX.area_faces / BOX.area, atol=0.01)


def test_points_follow_the_seed_and_a_mesh_without_area_is_told() -> None:
    one, again, other = (
        surface_points.sampled(BOX.vertices, BOX.faces, 5, np.random.default_rng(seed)).places
        for seed in (1, 1, 2)
    )
    assert (one == again).all()
    assert (one != other).any()
    with pytest.raises(NothingToModel, match="no face with an area"):
        surface_points.sampled(np.zeros((3, 3)), np.array([[0, 1, 2]]), 5, np.random.default_rng(0))


def bumpy(points: np.ndarray) -> np.ndarray:
    """A ball of radius 0.6 with waves, above 0 inside."""
    away = np.linalg.norm(points, axis=1)
    return (0.6 + 0.05 * np.sin(12 * points[:, 0]) - away).astype(np.float32)


def test_field_asked_near_its_surface_has_the_surface_of_one_asked_everywhere() -> None:
    asked, told = [], []

    def field(points: np.ndarray) -> np.ndarray:
        asked.append(len(points))
        return bumpy(points)

    found = narrow_band.refined(field, 16, 2, 1.05, 0.0, told.append)
    dense = isosurface.sampled(bumpy, 65, 1.05, lambda done: None)
    for mine, all_of_it in zip(
        isosurface.surface(found, 0.0, 1.05), isosurface.surface(dense, 0.0, 1.05), strict=True
    ):
        assert mine.shape == all_of_it.shape
        assert np.allclose(mine, all_of_it, atol=1e-6)
    assert ((found > 0) == (dense > 0)).all()
    assert sum(asked) < 0.6 * dense.size
    assert told == sorted(told)
    assert 0.0 == told[0] <= told[-1] <= 1.0


def test_run_that_is_not_wanted_stops_a_field_between_chunks() -> None:
    class NotWanted(Exception):
        pass

    def told(done: float) -> None:
        if done > 0.5:
            raise NotWanted

    with pytest.raises(NotWanted):
        narrow_band.refined(bumpy, 16, 2, 1.05, 0.0, told)


def test_frame_of_a_part_goes_into_the_cube_and_back() -> None:
    points = np.random.default_rng(0).normal(size=(50, 3)) * (3.0, 1.0, 0.5) + (7.0, -2.0, 1.0)
    frame = conditions.frame_of(points, 0.95)
    inside = frame.inward(points)
    assert np.isclose(np.ptp(inside, axis=0).max(), 1.9)
    assert np.allclose(inside.max(axis=0), -inside.min(axis=0))
    assert np.allclose(frame.outward(inside), points)


def test_body_has_few_faces_stands_up_in_blenders_axes_and_comes_back() -> None:
    ball = trimesh.creation.icosphere(6).apply_scale((1.0, 3.0, 2.0))  # 81,920 faces
    made = body.body_of(ball.vertices, ball.faces)
    assert 0.9 * body.MOST_FACES <= len(made.faces) <= body.MOST_FACES
    assert np.allclose(made.vertices.max(axis=0), (1.0, 2.0, 3.0), atol=0.01)
    top = made.vertices[:, 2].argmax()
    assert made.vertex_normals[top, 2] > 0.99
    assert np.allclose(np.linalg.norm(made.face_normals, axis=1), 1.0, atol=1e-5)
    assert np.allclose(body.from_blender(body.to_blender(ball.vertices)), ball.vertices, atol=1e-6)
