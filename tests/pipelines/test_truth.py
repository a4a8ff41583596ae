"""The benchmark against ground truth measures what it says: itself scores full, its pictures show the right sides."""

import numpy as np
import pytest
import trimesh

pytest.importorskip("embreex", reason="no wheel for this machine: its rays draw the pictures")

from benchmarks import truth_measures, truth_render
from pipelines.geometry.matting import cut_out


def corner_piece() -> trimesh.Trimesh:
    """A block 2 x 1 x 4 with a small one on top at its left front: no two sides look the same."""
    block = trimesh.creation.box((2, 1, 4))
    knob = trimesh.creation.box((0.5, 1, 0.5)).apply_translation((0.7, 1, 1.7))
    return trimesh.boolean.union([block, knob], engine="manifold").apply_translation((0, -0.5, 0))


@pytest.fixture(scope="module")
def ball() -> trimesh.Trimesh:
    return trimesh.creation.icosphere(4, 0.5)


def front_of(mesh):
    return cut_out(truth_render.picture(mesh, "image", "ball"))


def test_a_mesh_is_nearest_to_itself(ball):
    score = truth_measures.compare(ball, ball, front_of(ball), 0.0)
    assert score.f5 == 1.0 and score.iou == 1.0 and score.chamfer < 0.01 and score.watertight
    assert score.outline > 0.99


def test_a_larger_ball_is_as_far_off_as_it_should_be(ball):
    larger = ball.copy().apply_scale(1.2)
    score = truth_measures.compare(larger, ball, front_of(ball), 0.0)
    assert score.chamfer == pytest.approx(0.1, abs=0.01) and score.f5 < 0.01
    assert score.iou == pytest.approx(1 / 1.2**3, abs=0.05)


def test_poisson_makes_a_ball_of_a_disc_and_the_slab_does_not(ball):
    poisson, slab = (
        truth_measures.compare(
            truth_measures.framed(control(front_of(ball)), (0, 1)), ball, front_of(ball), 0.0
        )
        for control in (truth_measures.poisson, truth_measures.slab)
    )
    assert poisson.f5 > 0.98 and poisson.iou > 0.9 and poisson.watertight
    assert slab.f5 < 0.9 * poisson.f5 and slab.watertight


def test_the_frame_is_set_by_what_the_pictures_show():
    long = trimesh.creation.box((1, 1, 3))
    assert np.allclose(truth_measures.framed(long, (0, 1)).extents, (1, 1, 3))
    assert np.allclose(truth_measures.framed(long, (0, 1, 2)).extents, (1 / 3, 1 / 3, 1))


@pytest.mark.parametrize(
    ("slot", "size", "knob"),
    [
        ("image", (2, 2), "right"),
        ("image_back", (2, 2), "left"),
        ("image_left", (4, 2), "left"),
        ("image_right", (4, 2), "right"),
        ("image_top", (2, 4), None),
    ],
)
def test_each_picture_shows_its_side(slot, size, knob):
    cutout = cut_out(truth_render.picture(corner_piece(), slot, "piece"), view=slot)
    assert cutout.mask.shape[1] / cutout.mask.shape[0] == pytest.approx(size[0] / size[1], rel=0.03)
    columns = np.flatnonzero(cutout.mask[: len(cutout.mask) // 4].any(axis=0)).mean()
    side = columns / cutout.mask.shape[1]
    assert (side < 0.3, side > 0.7) == (knob == "left", knob == "right")


def test_an_eye_to_the_left_and_above_sees_the_left_and_the_top():
    mesh = trimesh.creation.box((1, 1, 1))
    seen = truth_render.turned(mesh, 90.0, 0.0)
    assert np.allclose(seen.vertex_normals @ [0, 0, 1] > 0, mesh.vertices[:, 0] > 0), "+X is ahead"
    tilted = truth_render.turned(mesh, 0.0, 90.0)
    assert np.allclose(tilted.vertices[:, 2], mesh.vertices[:, 1]), "+Y is ahead"
