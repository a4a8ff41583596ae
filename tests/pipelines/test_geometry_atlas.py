"""Atlases of dense meshes: every face in a place of its own, fast, whatever the mesh is like."""

import numpy as np
import pytest
import trimesh

from pipelines.geometry import bake, planar_charts, rectangle_pack, uv_atlas


def spiral() -> trimesh.Trimesh:
    """A ramp that winds over itself: seen from above it lies upon itself six times."""
    turn = np.linspace(0, 12 * np.pi, 3000)
    rims = [np.stack([r * np.cos(turn), turn * 0.03, r * np.sin(turn)], 1) for r in (0.5, 1.0)]
    n, i = len(turn), np.arange(len(turn) - 1)
    faces = np.concatenate([np.stack([i, i + 1, i + n], 1), np.stack([i + 1, i + 1 + n, i + n], 1)])
    return trimesh.Trimesh(np.concatenate(rims), faces, process=False)


def confetti(count: int = 5000) -> trimesh.Trimesh:
    rng = np.random.default_rng(0)
    corners = rng.random((count, 1, 3)) + rng.normal(0, 0.01, (count, 3, 3))
    return trimesh.Trimesh(
        corners.reshape(-1, 3), np.arange(3 * count).reshape(-1, 3), process=False
    )


def with_slivers() -> trimesh.Trimesh:
    ball = trimesh.creation.icosphere(5)
    extra = np.stack([ball.faces[:50, 0], ball.faces[:50, 0], ball.faces[:50, 1]], 1)
    return trimesh.Trimesh(ball.vertices, np.concatenate([ball.faces, extra]), process=False)


SHAPES = {
    "ball": lambda: trimesh.creation.icosphere(5),
    "torus": lambda: trimesh.creation.torus(1, 0.3, major_sections=120, minor_sections=40),
    "box": lambda: trimesh.creation.box().subdivide_to_size(0.05),
    "spiral": spiral,
    "confetti": confetti,
    "slivers": with_slivers,
}


@pytest.mark.parametrize("name", SHAPES)
def test_faces_of_a_dense_mesh_do_not_share_room(name):
    mesh = SHAPES[name]()
    assert len(mesh.faces) >= uv_atlas.DENSE_FACES
    cut = uv_atlas.unwrap(mesh.vertices, mesh.faces)
    assert np.array_equal(mesh.vertices[cut.origin][cut.faces], mesh.vertices[mesh.faces])
    assert cut.uv.min() >= 0 and cut.uv.max() <= 1
    corners = cut.uv[cut.faces].astype(float)
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum() / 2
    covered = (bake.texel_faces(cut.uv, cut.faces, 2048) >= 0).mean()
    assert area <= covered * 1.02
    assert area > (0.05 if name == "confetti" else 0.3)


def test_few_seams_and_little_stretch():
    ball = SHAPES["ball"]()
    cut = uv_atlas.unwrap(ball.vertices, ball.faces)
    assert len(cut.origin) < 1.15 * len(ball.vertices)
    corners = cut.uv[cut.faces].astype(float)
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    share = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / ball.area_faces
    assert share.min() > share.max() / 2.2


def test_folded_charts_are_found():
    ramp = spiral()
    found = planar_charts.charts(ramp.vertices, ramp.faces)
    assert found.folded[found.chart].mean() > 0.9
    ball = SHAPES["ball"]()
    assert not planar_charts.charts(ball.vertices, ball.faces).folded.any()


@pytest.mark.parametrize("count", [1, 7, 300, 2000])
def test_rectangles_stand_side_by_side(count):
    rng = np.random.default_rng(count)
    sizes = rng.random((count, 2)) + 0.05
    scale, places, turned = rectangle_pack.packed(sizes, side=1000.0, gap=1.0)
    upright = np.where(turned[:, None], sizes[:, ::-1], sizes) * scale
    assert places.min() >= 0 and (places + upright).max() <= 1000
    drawn = np.zeros((1000, 1000), int)
    for (x, y), (w, h) in zip(places, upright, strict=True):
        drawn[int(np.ceil(y)) : int(y + h), int(np.ceil(x)) : int(x + w)] += 1
    assert drawn.max() == 1
    assert (sizes.prod(1).sum() * scale**2) > 0.4e6
