"""What the depth network learns from: closed shapes, pictures of them, and depths that agree with the shape."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

pytest.importorskip("embreex", reason="training views are cast by Embree")

from pipelines.geometry import depth
from pipelines.geometry.decimate import is_closed
from pipelines.training import dataset
from pipelines.training.assemblies import KINDS
from pipelines.training.distance_fields import Assembly, box, ellipsoid
from pipelines.training.shapes import REACH, Shape, random_shape
from pipelines.training.views import Stage, random_turn

# What the weights must be better than inflation by, on shapes of the same make that they never saw.
LEAST_GAIN = 0.12


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_assembly_is_closed_and_encloses_a_volume(kind, seed):
    body = KINDS[kind][0](np.random.default_rng(seed))
    vertices, faces = body.surface(REACH)
    assert is_closed(faces)
    corners = vertices[faces]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume > 0
    assert np.abs(vertices).max() <= REACH + 0.1


@pytest.mark.parametrize("seed", range(4))
def test_random_shape_fits_the_unit_cube_and_is_the_same_again(seed):
    shape, again = (random_shape(np.random.default_rng(seed)) for _ in range(2))
    assert np.ptp(shape.vertices, axis=0).max() == pytest.approx(1.0)
    assert len(shape.part) == len(shape.faces)
    np.testing.assert_array_equal(shape.vertices, again.vertices)


def test_cutting_takes_away():
    half = np.array([0.5, 0.5, 0.5])
    pierced = Assembly().add(box(half)).add(box(half * [0.4, 0.4, 3]), cut=True)
    values = pierced.distance(np.array([[0, 0, 0], [0.4, 0, 0], [0.9, 0, 0]], np.float32))
    assert values[0] > 0 > values[1]
    assert values[2] > 0


def test_view_of_a_ball_has_its_depths():
    vertices, faces = Assembly().add(ellipsoid(np.full(3, 0.5))).surface(REACH)
    ball = Stage(Shape(vertices, faces, np.zeros(len(faces), np.int64), "ball"))
    view = next(view for view in views_of(ball) if view.mask.sum() > 0)
    middle = depth.SIDE_PX // 2
    assert view.front[middle, middle] == pytest.approx(0.5, abs=0.03)
    assert view.back[middle, middle] == pytest.approx(-0.5, abs=0.03)
    assert np.ptp(np.flatnonzero(view.mask.any(0))) + 1 == pytest.approx(depth.OUTLINE_PX, abs=1)


def views_of(stage):
    """Views without perspective: with it a ball looks larger than it is."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        if np.random.default_rng(seed).random() >= 0.5:
            yield stage.picture(Rotation.identity(), rng)


def test_right_of_the_picture_is_plus_x_and_its_top_plus_y():
    lump = Assembly().add(ellipsoid(np.array([0.5, 0.5, 0.3])))
    lump.add(ellipsoid(np.full(3, 0.12)), (0.4, 0.4, 0.4))  # a knob: right, up, and towards the eye
    vertices, faces = lump.surface(REACH)
    view = next(views_of(Stage(Shape(vertices, faces, np.zeros(len(faces), np.int64), "lump"))))
    row, col = np.unravel_index(np.where(view.mask, view.front, -9).argmax(), view.front.shape)
    assert row < depth.SIDE_PX / 2 < col


def test_turns_hold_fronts_and_views_from_between():
    rng = np.random.default_rng(0)
    away = np.array([abs(random_turn(rng).as_euler("yxz", degrees=True)[0]) for _ in range(300)])
    assert 0.15 < (away < 12).mean() < 0.5
    assert 0.4 < ((away > 12) & (away < 70)).mean() < 0.9


def test_shipped_weights_beat_inflation_on_shapes_they_never_saw():
    shard = dataset.make_shard(dataset.HELD_OUT_SEED, 900, shapes=16)
    errors = np.zeros(2)
    for rgb, mask, front, back in zip(*(shard[name] for name in dataset.FIELDS[:4]), strict=True):
        half, _ = depth.ball_height(mask)
        box_of = (depth.SIDE_PX - depth.OUTLINE_PX) // 2
        picture = depth.Framed(rgb, mask, box_of, box_of, depth.OUTLINE_PX, depth.OUTLINE_PX)
        factor, middle = depth.answer(picture)
        truth = (front + back).astype(np.float32)[mask] / 2
        truth = np.stack([front[mask], back[mask]]) - truth.mean()
        for place, (thick, centre) in enumerate(
            ((factor * half, middle), (half, np.zeros_like(half)))
        ):
            found = np.stack([(centre + thick)[mask], (centre - thick)[mask]])
            errors[place] += np.abs(found - truth).mean()
    learned, ball = errors
    assert learned < (1.0 - LEAST_GAIN) * ball
