"""Atlases of dense meshes: every face in a place of its own, fast, whatever the mesh is like."""

import tracemalloc

import numpy as np
import pytest
import trimesh

from pipelines.geometry import bake, chart_layers, planar_charts, rectangle_pack, uv_atlas


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


def test_folds_are_found_among_thousands_of_charts_in_bounded_memory(monkeypatch):
    """30,000 loose triangles, 1,500 loose pairs and a ramp: the sheets they are checked on stay small."""
    sheets = []
    drawn = planar_charts.texel_faces

    def kept(uv, faces, size):
        sheets.append(size)
        return drawn(uv, faces, size)

    monkeypatch.setattr(planar_charts, "texel_faces", kept)
    tiles = trimesh.creation.box(
        (0.1, 0.1, 0.1)
    ).subdivide()  # far apart: six charts of 8 faces each
    boxes = [tiles.copy().apply_translation((3.0 * k, 5.0, 0.0)) for k in range(250)]
    parts = [confetti(30_000), *boxes[:125], spiral(), *boxes[125:]]
    mesh = trimesh.util.concatenate(parts)
    tracemalloc.start()
    found = planar_charts.charts(mesh.vertices, mesh.faces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.folded) > 30_000
    assert len(sheets) >= 2 and max(sheets) <= 2048
    assert peak < 150e6
    start = 30_000 + 125 * len(tiles.faces)
    ramp = np.zeros(len(mesh.faces), bool)
    ramp[start : start + len(parts[126].faces)] = True
    assert found.folded[found.chart][ramp].mean() > 0.9
    assert not found.folded[found.chart][~ramp].any()


def test_faces_that_all_lie_on_one_line_get_their_places(tmp_path):
    """As a PLY file brings them: 400 faces without any area."""
    points = np.zeros((402, 3))
    points[:, 0] = np.linspace(0, 1, 402)
    faces = np.arange(400)[:, None] + [0, 1, 2]
    trimesh.Trimesh(points, faces, process=False).export(tmp_path / "line.ply")
    line = trimesh.load(tmp_path / "line.ply", process=False)
    assert len(line.faces) == 400
    cut = uv_atlas.unwrap(line.vertices, line.faces)
    assert np.array_equal(line.vertices[cut.origin][cut.faces], line.vertices[line.faces])
    assert np.isfinite(cut.uv).all() and cut.uv.min() >= 0 and cut.uv.max() <= 1


@pytest.mark.parametrize("count", [5, 400, 2000])
def test_rectangles_without_area_stand_in_the_square(count):
    sizes = np.zeros((count, 2))
    sizes[:, 0] = np.linspace(0.0, 50.0, count)
    scale, places, _ = rectangle_pack.packed(sizes, side=1000.0, gap=1.0)
    assert 1000 / 50 * 0.3 < scale <= 1000 / 50
    assert places.min() >= 0 and (places[:, 1] + sizes[:, 0] * scale).max() <= 1000


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


def flat_area(corners: np.ndarray) -> float:
    """Of faces laid flat (m, 3, 2)."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return float(np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum() / 2)


def curled_leaves() -> trimesh.Trimesh:
    """Strips whose far half is bent back over the near one, so that each lies upon itself as one chart."""
    along = np.linspace(0.0, 1.0, 60)
    # To the right, then back above.
    line = np.stack([np.minimum(along, 1.2 - along), 0.3 * along], 1)
    rims = [np.column_stack([line, np.full(60, z)]) for z in (0.0, 0.4)]
    i = np.arange(59)
    strip = np.concatenate([np.stack([i, i + 60, i + 1], 1), np.stack([i + 1, i + 60, i + 61], 1)])
    leaf = trimesh.Trimesh(np.concatenate(rims), strip, process=False)
    return trimesh.util.concatenate(
        [leaf.copy().apply_translation((0, 0, 0.5 * k)) for k in range(4)]
    )


@pytest.mark.parametrize("make", [spiral, curled_leaves])
def test_charts_that_lie_upon_themselves_are_taken_apart(make):
    mesh = make()
    flat = np.repeat([1], len(mesh.faces))  # all seen from above
    corners = mesh.vertices[mesh.faces][:, :, [2, 0]]
    chart = np.zeros(len(mesh.faces), np.int64)
    if make is curled_leaves:
        chart = np.arange(len(mesh.faces)) // 118
    folded = planar_charts.folded_on_sheet(chart, corners)
    assert folded.all()
    given = planar_charts.Charts(chart, corners, folded, flat)
    found = chart_layers.apart(given, mesh.vertices, mesh.faces)
    assert not found.folded.any()
    assert not planar_charts.folded_on_sheet(found.chart, found.flat).any()
    assert len(found.folded) <= (40 if make is spiral else 20)
    assert flat_area(found.flat) == pytest.approx(flat_area(corners))


def test_charts_without_folds_stay_as_they_are():
    ball = SHAPES["ball"]()
    found = planar_charts.charts(ball.vertices, ball.faces)
    assert chart_layers.apart(found, ball.vertices, ball.faces) is found
