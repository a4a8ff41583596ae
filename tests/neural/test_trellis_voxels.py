"""Which voxels of TRELLIS's cube a mesh touches, against one by one clipping; and its frame."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from pipelines.neural.trellis import voxels
from pipelines.spec import RunCancelled


def clipped(corners: NDArray, low: NDArray, high: NDArray) -> NDArray:
    """What is left of a polygon (n, 3) in a box: Sutherland and Hodgman's way, plane by plane."""
    points = list(corners)
    for axis in range(3):
        for sign, bound in ((1.0, low[axis]), (-1.0, high[axis])):
            kept: list[NDArray] = []
            for one, other in zip(points, [*points[1:], *points[:1]], strict=True):
                inside, after = (sign * (point[axis] - bound) for point in (one, other))
                if inside >= 0:
                    kept.append(one)
                if (inside > 0 > after) or (inside < 0 < after):
                    kept.append(one + (other - one) * inside / (inside - after))
            points = kept
            if not points:
                return np.zeros((0, 3))
    return np.array(points)


def by_clipping(vertices: NDArray, faces: NDArray) -> set[tuple[int, ...]]:
    found = set()
    for corners in (vertices[faces] + 0.5) * voxels.SIDE:
        low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
        high = np.minimum(np.floor(corners.max(axis=0)).astype(int) + 1, voxels.SIDE - 1)
        for cell in np.ndindex(*(high - low + 1)):
            place = low + cell
            if len(clipped(corners, place, place + 1)):
                found.add(tuple(place.tolist()))
    return found


def test_voxels_of_random_triangles_are_those_that_clipping_finds():
    chance = np.random.default_rng(3)
    middle = chance.uniform(-0.4, 0.4, (24, 1, 3))
    reach = 10.0 ** chance.uniform(-3.0, -1.1, (24, 1, 1))
    vertices = (middle + chance.normal(size=(24, 3, 3)) * reach).clip(-0.499, 0.499).reshape(-1, 3)
    faces = np.arange(72).reshape(-1, 3)
    found = voxels.touched(vertices, faces)
    assert {tuple(row) for row in found.tolist()} == by_clipping(vertices, faces)
    assert found.dtype == np.int32
    assert np.array_equal(found, np.unique(found, axis=0))


def test_large_triangles_fill_the_whole_face_of_a_cube_and_nothing_inside():
    box = trimesh.creation.box((1.0, 1.0, 1.0))
    found = voxels.touched(box.vertices, box.faces)
    rim = ((found == 0) | (found == voxels.SIDE - 1)).any(axis=1)
    assert rim.all()
    assert len(found) == 64**3 - 62**3


def test_face_between_two_voxels_touches_both():
    square = np.array([[0.1, 0.0, 0.1], [0.2, 0.0, 0.1], [0.2, 0.0, 0.2], [0.1, 0.0, 0.2]])
    found = voxels.touched(square, np.array([[0, 1, 2], [0, 2, 3]]))
    assert set(found[:, 1].tolist()) == {31, 32}


def test_what_stands_out_of_the_cube_is_moved_to_its_border():
    triangle = np.array([[0.6, 0.0, 0.0], [0.6, 0.1, 0.0], [0.7, 0.0, 0.1]])
    found = voxels.touched(triangle, np.array([[0, 1, 2]]))
    assert set(found[:, 0].tolist()) == {63}


def test_mesh_without_faces_touches_nothing():
    assert voxels.touched(np.zeros((3, 3)), np.zeros((0, 3), int)).shape == (0, 3)


def test_dividing_can_be_cancelled():
    def heard() -> None:
        raise RunCancelled

    box = trimesh.creation.box((1.0, 1.0, 1.0))
    with pytest.raises(RunCancelled):
        voxels.touched(box.vertices, box.faces, heard)


def test_frame_is_that_of_upstreams_own_files_and_comes_back():
    points = np.random.default_rng(1).normal(size=(50, 3))
    there = voxels.to_trellis(points)
    assert np.allclose(voxels.from_trellis(there), points, atol=1e-15)
    # Upstream's to_glb turns its Z up into a file's Y up by this.
    assert np.allclose(there @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]), points)
    assert voxels.to_trellis(np.array([[0.0, 1.0, 0.0]])).tolist() == [[0, 0, 1]]  # up
    assert voxels.to_trellis(np.array([[0.0, 0.0, 1.0]])).tolist() == [[0, -1, 0]]  # front
