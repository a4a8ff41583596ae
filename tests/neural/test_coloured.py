"""From a field to a GLB: closed surfaces, our frame, the size asked for, the colours of the field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray

from pipelines.geometry import decimate, matting
from pipelines.neural import coloured, isosurface
from pipelines.neural.fewer import Budget, fewer
from pipelines.neural.framed import framed
from pipelines.spec import RunCancelled
from tests.gltf_validator import validate

SIDE = 48


def quiet(done: float) -> None:
    """Nobody asks."""


def ball(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Above 0 within 0.6 of the origin."""
    return 0.6 - np.linalg.norm(points, axis=1)


def sides(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Red where x is above 0, green where z is, blue otherwise: in the network's frame."""
    red, green = points[:, 0] > 0, (points[:, 0] <= 0) & (points[:, 2] > 0)
    return np.stack([red, green, ~(red | green)], axis=1).astype(np.float32) * 255.0


def shape(field=ball, axes=coloured.UP_Z_FRONT_X) -> coloured.Coloured:
    values = isosurface.sampled(field, SIDE, 1.0, quiet)
    return coloured.coloured(*isosurface.surface(values, 0.0, 1.0), sides, axes)


# surfaces


def test_surface_of_a_ball_is_closed_and_lies_on_it() -> None:
    vertices, faces = isosurface.surface(isosurface.sampled(ball, SIDE, 1.0, quiet), 0.0, 1.0)
    assert decimate.is_closed(faces)
    assert np.abs(np.linalg.norm(vertices, axis=1) - 0.6).max() < 0.002


def test_axes_of_the_grid_are_those_of_the_field() -> None:
    def flat(points: NDArray[np.float32]) -> NDArray[np.float32]:
        return 1.0 - np.linalg.norm(points / [0.3, 0.5, 0.8], axis=1)

    vertices, _ = isosurface.surface(isosurface.sampled(flat, 64, 1.0, quiet), 0.0, 1.0)
    assert np.ptp(vertices, axis=0) == pytest.approx([0.6, 1.0, 1.6], abs=0.02)


def test_what_reaches_the_border_of_the_cube_is_closed_there() -> None:
    def slab(points: NDArray[np.float32]) -> NDArray[np.float32]:
        return 0.2 - np.abs(points[:, 1])

    vertices, faces = isosurface.surface(isosurface.sampled(slab, SIDE, 1.0, quiet), 0.0, 1.0)
    assert decimate.is_closed(faces)
    assert np.ptp(vertices[:, 0]) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("value", [-1.0, 1.0, np.nan])
def test_field_without_a_surface_is_an_empty_shape_in_words(value: float) -> None:
    def even(points: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.full(len(points), value, np.float32)

    with pytest.raises(coloured.EmptyShape, match="made an empty shape; try another seed"):
        shape(even)


def test_grid_can_be_left_at_every_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isosurface, "CHUNK_POINTS", 1_000)
    heard: list[float] = []

    def told(done: float) -> None:
        heard.append(done)
        if len(heard) == 5:
            raise RunCancelled

    with pytest.raises(RunCancelled):
        isosurface.sampled(ball, 16, 1.0, told)
    assert heard == [pytest.approx(1_000 * call / 16**3) for call in range(5)]


# frames


@pytest.mark.parametrize(
    ("axes", "front", "up"),
    [
        (coloured.UP_Z_FRONT_X, (0.6, 0, 0), (0, 0, 0.6)),
        (coloured.UP_Z_FRONT_MINUS_Y, (0, -0.6, 0), (0, 0, 0.6)),
    ],
)
def test_front_is_turned_to_z_and_up_to_y(axes, front, up) -> None:
    def bumps(points: NDArray[np.float32]) -> NDArray[np.float32]:
        near = [0.2 - np.linalg.norm(points - place, axis=1) for place in (front, up)]
        return np.maximum(np.maximum(*near), 0.5 - np.linalg.norm(points, axis=1))

    mesh = shape(bumps, axes)
    high = mesh.vertices.max(axis=0)
    assert high == pytest.approx([0.5, 0.8, 0.8], abs=0.03)
    assert mesh.vertices.min(axis=0) == pytest.approx([-0.5, -0.5, -0.5], abs=0.03)


def test_axes_that_mirror_are_refused() -> None:
    with pytest.raises(ValueError, match="mirror"):
        shape(axes=((1, 0, 0), (0, 0, 1), (0, 1, 0)))


def test_faces_are_wound_outward_whatever_the_network_had() -> None:
    values = isosurface.sampled(ball, SIDE, 1.0, quiet)
    vertices, faces = isosurface.surface(values, 0.0, 1.0)
    for given in (faces, faces[:, ::-1]):
        mesh = coloured.coloured(vertices, given, sides, coloured.UP_Z_FRONT_X)
        made = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
        assert made.volume == pytest.approx(4 / 3 * np.pi * 0.6**3, rel=0.02)


def test_hollow_inside_stays_hollow() -> None:
    def shell(points: NDArray[np.float32]) -> NDArray[np.float32]:
        away = np.linalg.norm(points, axis=1)
        return np.minimum(0.7 - away, away - 0.4)

    mesh = shape(shell)
    made = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert made.volume == pytest.approx(4 / 3 * np.pi * (0.7**3 - 0.4**3), rel=0.03)


def test_colours_are_asked_in_the_networks_frame() -> None:
    mesh = shape()
    # The network's +X is our front.
    assert mesh.colours(np.array([[0.0, 0.0, 0.6]], np.float32)).tolist() == [[255.0, 0.0, 0.0]]
    assert mesh.colours(np.array([[0.0, 0.6, -0.1]], np.float32)).tolist() == [[0.0, 255.0, 0.0]]


# the size asked for


@pytest.mark.parametrize(
    ("params", "faces"),
    [
        ({"target_face_count": 1_000}, 1_000),
        ({"target_face_count": 1_000, "simplify_ratio": 0.5}, 500),
        ({"style": "lowpoly"}, decimate.LOWPOLY_FACES),
    ],
)
def test_mesh_has_about_the_faces_asked_for_and_stays_closed(params, faces) -> None:
    mesh = coloured.reduced(shape(), Budget.of(params))
    assert len(mesh.faces) == pytest.approx(faces, rel=0.05)
    assert coloured.facts(mesh) == {
        "vertex_count": len(mesh.vertices),
        "face_count": len(mesh.faces),
        "watertight": True,
    }


def test_vertex_limit_holds() -> None:
    mesh = coloured.reduced(shape(), Budget.of({"vertex_limit": 300}))
    assert 250 <= len(mesh.vertices) <= 300


def test_standard_is_the_familys_own_unless_asked() -> None:
    assert Budget.of({}, 2_000).wanted(50_000) == 2_000
    assert Budget.of({}, 2_000).wanted(700) == 700
    assert Budget.of({"vertex_limit": 5_000}, 2_000).wanted(50_000) == 10_000
    assert Budget.of({"target_face_count": 9_000}, 2_000).wanted(50_000) == 9_000


@pytest.mark.parametrize("limit", [None, 250])
def test_open_mesh_is_reduced_too_and_has_no_unused_vertex(limit: int | None) -> None:
    mesh = shape()
    cut = mesh.faces[(mesh.vertices[mesh.faces][:, :, 1] > 0).all(axis=1)]
    vertices, faces = fewer(mesh.vertices, cut, Budget(faces=800, vertex_limit=limit))
    assert set(np.unique(faces)) == set(range(len(vertices)))
    assert len(faces) <= 810
    assert len(vertices) <= (limit or 10_000)
    assert vertices[:, 1].min() > -0.05


# files


def test_raw_glb_is_sound_and_plain(tmp_path: Path) -> None:
    path = tmp_path / "output.glb"
    mesh = coloured.reduced(shape(), Budget(faces=600))
    assert coloured.write_raw(path, mesh) == path.stat().st_size
    assert validate(path).complaints == []
    assert len(trimesh.load(path, force="mesh").faces) == len(mesh.faces)


@pytest.mark.parametrize("lowpoly", [False, True])
def test_texture_shows_the_fields_colours(tmp_path: Path, lowpoly: bool) -> None:
    path = tmp_path / "output.glb"
    mesh = coloured.reduced(shape(), Budget(faces=600))
    made = coloured.textured(mesh, texture_px=256, mode="pbr", lowpoly=lowpoly)
    coloured.write_textured(path, made)
    assert validate(path).complaints == []
    corners = made.uv[made.faces].mean(axis=1)
    pixel = made.material.base_colour[
        ((1.0 - corners[:, 1]) * 256).astype(int), (corners[:, 0] * 256).astype(int)
    ]
    middle = made.vertices[made.faces].mean(axis=1).astype(np.float32)
    away = np.abs(middle[:, [0, 1, 2]]).min(axis=1) > 0.08  # from where colours meet
    off = np.abs(pixel[away].astype(float) - mesh.colours(middle[away])).max(axis=1)
    assert (off < 90).mean() > 0.97


def test_bake_can_be_left_and_tells_how_far_it_is() -> None:
    mesh = coloured.reduced(shape(), Budget(faces=600))
    heard: list[float] = []
    coloured.textured(mesh, texture_px=1024, mode="fast", told=heard.append)
    assert len(heard) >= 10
    assert heard == sorted(heard)
    assert heard[-1] <= 1.0

    def stop(done: float) -> None:
        raise RunCancelled

    with pytest.raises(RunCancelled):
        coloured.textured(mesh, texture_px=256, mode="fast", told=stop)


def test_colours_at_vertices_are_mixed_between_them() -> None:
    places = np.array([[0.0, 0, 0], [1.0, 0, 0], [0, 9.0, 0], [0, 0, 9.0]])
    colour = coloured.by_vertex(places, np.array([[0, 0, 0], [200, 0, 0], [0, 0, 0], [0, 0, 0]]))
    at = colour(np.array([[0.0, 0, 0], [0.5, 0, 0], [1.0, 0, 0]], np.float32))
    assert at[0] == pytest.approx([0, 0, 0], abs=1e-3)
    assert 80 < at[1, 0] < 101
    assert at[2] == pytest.approx([200, 0, 0], abs=1e-3)


# pictures


@pytest.mark.parametrize("share", [0.5, 0.85, 1.0])
def test_object_takes_its_share_of_a_square_on_a_plain_backdrop(share: float) -> None:
    picture = np.zeros((90, 60, 4), np.uint8)
    picture[10:70, 20:50] = (200, 30, 30, 255)
    cutout = matting.cut_out(picture)
    made = framed(cutout, share=share, backdrop=0.5, side_px=256)
    assert made.shape == (256, 256, 3)
    rows = np.flatnonzero(made[:, 128, 0] > 164)
    assert len(rows) == pytest.approx(256 * share, abs=6)
    assert made[128, 2].tolist() == [128, 128, 128]


def test_what_a_network_of_one_input_has_no_use_for_is_said() -> None:
    said = coloured.without_effect(
        {"style": "cartoon"}, {"image": "a", "image_back": "b", "texture_image": "c"}
    )
    assert [text.split(" has no effect")[0] for text in said] == [
        *("style cartoon", "image_back", "texture_image"),
    ]
    assert coloured.without_effect({"style": "lowpoly"}, {"image": "a"}) == ()
