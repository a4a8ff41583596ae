"""Colours on a surface from Gaussian splats near it, and at vertices."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.neural.coloured import EmptyShape
from pipelines.neural.trellis.splats import Splats
from pipelines.neural.trellis.vertex_colours import linear


def splats(*rows: tuple[float, tuple[int, int, int], float, float]) -> Splats:
    """Splats on the X axis: where, colour, opacity, width."""
    points = np.array([[row[0], 0.0, 0.0] for row in rows], np.float32).reshape(-1, 3)
    colours = np.array([row[1] for row in rows], np.float32).reshape(-1, 3)
    numbers = np.array([row[2:] for row in rows], np.float32).reshape(-1, 2)
    return Splats(points, colours, numbers[:, 0], numbers[:, 1])


RED, BLUE = (255, 0, 0), (0, 0, 255)
HERE = np.zeros((1, 3), np.float32)


def test_splats_count_by_their_opacity():
    colour = splats((-0.01, RED, 0.9, 0.01), (0.01, BLUE, 0.3, 0.01)).at()
    assert colour(HERE)[0] == pytest.approx([255 * 0.75, 0, 255 * 0.25], abs=0.01)


def test_splats_count_by_their_density_at_the_place():
    colour = splats((0.01, RED, 0.5, 0.01), (0.02, BLUE, 0.5, 0.01)).at()
    near = np.exp(-0.5) / (np.exp(-0.5) + np.exp(-2.0))
    assert colour(HERE)[0] == pytest.approx([255 * near, 0, 255 * (1 - near)], abs=0.01)


def test_far_from_all_the_nearest_wins():
    colour = splats((0.4, RED, 0.5, 0.001), (0.5, BLUE, 0.5, 0.001)).at()
    assert colour(HERE)[0].tolist() == [255, 0, 0]


def test_splats_too_faint_to_be_seen_do_not_count_unless_all_are():
    rows = ((0.0, BLUE, 0.01, 0.01), (0.2, RED, 0.5, 0.01))
    assert splats(*rows).at()(HERE)[0].tolist() == [255, 0, 0]
    assert splats(rows[0]).at()(HERE)[0].tolist() == [0, 0, 255]


def test_no_splats_are_an_empty_shape():
    with pytest.raises(EmptyShape, match="try another seed"):
        splats().at()


def test_vertices_have_light_where_pictures_have_srgb():
    rows = linear(np.array([[0, 255, 128], [300, -5, 10]]))
    light = [((128 / 255 + 0.055) / 1.055) ** 2.4, 10 / 255 / 12.92]
    assert rows.tolist() == [
        [0, 65_535, round(light[0] * 65_535), 65_535],
        [65_535, 0, round(light[1] * 65_535), 65_535],
    ]
