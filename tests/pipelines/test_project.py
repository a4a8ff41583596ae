"""Colours of points that no picture faces."""

import numpy as np
import pytest

from pipelines.geometry.matting import Cutout
from pipelines.geometry.project import projector
from pipelines.geometry.views import Box

RED, BLUE = (200, 20, 20), (20, 20, 200)
BOX = Box(centre=np.zeros(3), size=np.full(3, 2.0))


def plain(colour) -> Cutout:
    return Cutout(np.full((32, 32, 3), colour, np.uint8), np.ones((32, 32), bool), "alpha", ())


@pytest.mark.parametrize("up", [1.0, -1.0])
@pytest.mark.parametrize("tilt", [0.0, 0.04, 0.1])
def test_a_back_seen_from_front_and_side_is_a_mix_of_both(up, tilt):
    found = projector({"image": plain(RED), "image_left": plain(BLUE)}, BOX)
    normal = np.array([[tilt, up, tilt]], np.float32) / np.float32(np.sqrt(1 + 2 * tilt**2))
    (colour,) = found.colours(np.array([[0.0, up, 0.0]], np.float32), normal)
    assert colour[0] > 50 and colour[2] > 30 and colour.sum() == pytest.approx(240, abs=2)


def test_what_faces_one_picture_takes_that_alone():
    found = projector({"image": plain(RED), "image_left": plain(BLUE)}, BOX)
    normals = np.array([[0, 0, 1], [1, 0, 0]], np.float32)
    front, left = found.colours(np.array([[0, 0, 1], [1, 0, 0]], np.float32), normals)
    assert np.abs(front - RED).max() < 1 and np.abs(left - BLUE).max() < 1
