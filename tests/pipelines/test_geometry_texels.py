"""Which face each texel shows, and what the texels between charts take."""

import numpy as np
import pytest

from pipelines.geometry import bake, gaps


def scattered_triangles(count: int, side: float) -> np.ndarray:
    """Corners (count, 3, 2) in 0..1 of triangles about as long as `side`, anywhere."""
    rng = np.random.default_rng(3)
    middle = rng.uniform(0.2, 0.8, (count, 1, 2))
    return middle + rng.uniform(-side, side, (count, 3, 2))


def inside(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How deep points (n, 2) lie in triangles (n, 3, 2): above 0 inside."""
    turn = np.roll(corners, -1, 1) - corners
    way = points[:, None] - corners
    cross = turn[..., 0] * way[..., 1] - turn[..., 1] * way[..., 0]
    area = turn[:, 0, 0] * turn[:, 1, 1] - turn[:, 0, 1] * turn[:, 1, 0]
    return (cross * np.sign(area)[:, None] / np.linalg.norm(turn, axis=2)).min(1)


@pytest.mark.parametrize("side", [0.004, 0.02, 0.15])
def test_a_texel_shows_a_face_that_lies_on_it(side):
    size, corners = 256, scattered_triangles(40, side)
    uv, faces = corners.reshape(-1, 2), np.arange(120).reshape(-1, 3)
    owner = bake.texel_faces(uv, faces, size)
    texel = np.flatnonzero(owner.reshape(-1) >= 0)
    centre = np.stack(bake.coordinates(texel, size), 1).astype(float)
    depth = inside(corners[owner.reshape(-1)[texel]], centre)
    assert depth.min() > -1.2 / size
    rows, columns = np.divmod(np.arange(size * size), size)
    centres = np.stack([(columns + 0.5) / size, 1.0 - (rows + 0.5) / size], 1)
    for corner in corners:
        within = inside(np.broadcast_to(corner, (size * size, 3, 2)), centres) > 1e-4
        assert (owner.reshape(-1)[within] >= 0).all()


def test_no_face_is_lost_however_small_or_thin():
    places = (np.mgrid[1:9, 1:9].reshape(2, -1).T / 10.0)[:, None]
    shapes = {
        "speck": np.array([[0, 0], [1e-4, 0], [0, 1e-4]]),
        "level": np.array([[0, 0], [0.05, 0], [0.03, 1e-6]]),
        "upright": np.array([[0, 0], [0, 0.05], [1e-6, 0.03]]),
    }
    for shape in shapes.values():
        uv = (places + shape).reshape(-1, 2)
        owner = bake.texel_faces(uv, np.arange(3 * len(places)).reshape(-1, 3), 128)
        assert set(np.unique(owner)) == {-1, *range(len(places))}
        assert (owner >= 0).sum() >= len(places) * (1 if shape.max() < 0.01 else 6)


def test_in_large_images_gaps_take_a_texel_nearby():
    size = 1154
    assert size > gaps.LARGEST_EXACT_PX
    known = np.zeros((size, size), bool)
    known[100:300, 150:400] = known[700:1001, 600:903] = True
    image = np.where(known, np.arange(size)[:, None] * 1.0 + np.arange(size) / 4096.0, -1.0)
    filled = gaps.Gaps.of(known).fill(image.astype(np.float32))
    assert filled.min() > 0
    rows, columns = np.floor(filled), (filled - np.floor(filled)) * 4096.0
    at = np.mgrid[0:size, 0:size]
    assert known[rows.astype(int), np.rint(columns).astype(int).clip(0, size - 1)].mean() > 0.99
    away = np.hypot(rows - at[0], columns - at[1])
    # Beside a chart it is the nearest one, farther off one that is hardly farther.
    assert away[305 - gaps.RINGS - 4 : 302, 200:350].max() < gaps.RINGS + 0.6
    assert away[320:340, 200:350].max() < 40 + 2 * gaps.BLOCK
