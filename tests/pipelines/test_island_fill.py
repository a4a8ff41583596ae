"""Islands in an opening: what is left of the surface that was there, so the lid goes over it and not under it."""

import numpy as np
import pytest
import trimesh

from pipelines.geometry import complete, island_fill, weld


def ring(radius, height, count=48, turn=1, middle=(0.0, 0.0)):
    angle = turn * np.arange(count) / count * 2.0 * np.pi
    x, y = middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle)
    return np.stack([x, y, np.full(count, height)], axis=1)


def over(rims):
    points, faces = np.concatenate(rims), island_fill.fill(rims)
    assert faces is not None
    return trimesh.Trimesh(points, faces, process=False)


def heights_under(mesh, x, y):
    """The heights at which a line straight up from (x, y) meets a mesh."""
    hits, _, _ = mesh.ray.intersects_location([(x, y, -5.0)], [(0.0, 0.0, 1.0)])
    return hits[:, 2]


@pytest.mark.parametrize("height", [0.2, 0.5, 0.8])
def test_a_filling_rises_to_an_island_in_front_of_its_opening(height):
    mesh = over([ring(1.0, 0.0), ring(0.2, height, 24, -1)])
    # A cone stump; a flat filling with a stalk would be about pi.
    slope = np.hypot(0.8, height)
    assert mesh.area == pytest.approx(np.pi * 1.2 * slope, rel=0.05)
    assert len(heights_under(mesh, 0.01, 0.02)) == 0
    assert heights_under(mesh, 0.41, 0.43) == pytest.approx([height * 0.5], abs=0.1 * height)


def test_a_filling_rises_to_each_of_several_islands():
    places = ((0.45, 0.1), (-0.4, 0.35), (-0.1, -0.5))
    islands = [ring(0.12, 0.4, 12, -1, place) for place in places]
    mesh = over([ring(1.0, 0.0, 64), *islands])
    for x, y in places:
        assert len(heights_under(mesh, x, y)) == 0
    assert mesh.euler_number == 2 - 1 - len(islands)


def test_an_island_of_few_points_in_a_fine_opening_is_not_spanned():
    mesh = over([ring(1.0, 0.0, 900), ring(0.2, 0.5, 16, -1)])
    assert len(heights_under(mesh, 0.01, 0.02)) == 0


def test_a_narrow_opening_rises_to_its_island_too():
    mesh = over([ring(1.0, 0.0) * (1.0, 0.25, 1.0), ring(0.1, 0.8, 16, -1)])
    assert len(heights_under(mesh, 0.01, 0.02)) == 0


def egg(detail=4):
    """A ball whose lower half is drawn out: only planes upright through its middle mirror it."""
    mesh = trimesh.creation.icosphere(detail)
    mesh.vertices[:, 1] *= np.where(mesh.vertices[:, 1] < 0.0, 1.8, 1.0)
    return mesh


def test_a_chip_that_is_left_of_a_missing_side_carries_the_lid():
    whole = egg()
    x, y, z = whole.triangles_center.T
    kept = (y < 0.1) | (np.hypot(x - 0.1, z) < 0.25)
    open_ = trimesh.Trimesh(whole.vertices, whole.faces[kept], process=False)
    body = complete.complete(open_.vertices, open_.faces)
    made = trimesh.Trimesh(body.vertices, body.faces, process=False)
    assert body.openings == 2 and body.watertight and made.body_count == 1
    # A lid under the chip would leave the upper half out, four tenths of the body.
    assert 0.85 * whole.volume < made.volume < 1.03 * whole.volume


def test_without_a_chip_nothing_stands_out_of_the_lid():
    whole = egg()
    open_ = trimesh.Trimesh(
        whole.vertices, whole.faces[whole.triangles_center[:, 1] < -0.9], process=False
    )
    body = complete.complete(open_.vertices, open_.faces)
    assert body.watertight and body.vertices[:, 1].max() < 0.0
    assert weld.face_areas(body.vertices, body.faces).sum() < whole.area
