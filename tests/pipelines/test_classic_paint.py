"""The built-in painting model: the client's geometry stays, the picture lands where it should."""

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipelines.errors import NothingToModel, UnreadableInput
from pipelines.geometry import mesh_io
from tests.pipelines.classic_pictures import (
    BLUE,
    RED,
    colour_seen,
    cube,
    document,
    figure,
    result,
    run,
    saved,
    textures,
)

FEATURE = "image_mesh_painting"


def paint(folder, mesh, picture=None, options=None, **params):
    inputs = {"image": saved(folder, picture or figure()), "mesh": mesh}
    return run(FEATURE, inputs, folder, {"texture_size": 256, **params}, options)


def halves(size: int = 64) -> Image.Image:
    """A full-frame picture, red on the left and blue on the right, with some structure."""
    picture = Image.new("RGB", (size, size), RED)
    picture.paste(BLUE, (size // 2, 0, size, size))
    return picture


@pytest.fixture
def ball(tmp_path):
    path = tmp_path / "ball.ply"
    path.write_bytes(
        trimesh.creation.icosphere(3, 2.0).apply_translation((5, 6, 7)).export(file_type="ply")
    )
    return path


def test_the_geometry_stays_as_it_is(tmp_path, ball):
    outcome = paint(tmp_path, ball)
    before, after = mesh_io.read(ball), result(tmp_path)
    assert np.allclose(after.vertices[after.faces], before.vertices[before.faces], atol=1e-5)
    assert outcome.info["face_count"] == len(before.faces) and outcome.info["watertight"]


def test_a_cut_out_is_projected_the_right_way_round(tmp_path, ball):
    outcome = paint(tmp_path, ball)
    assert (
        outcome.info["method"] == "front_projection" and outcome.info["matting_method"] == "alpha"
    )
    for side in (1, -1):
        assert np.abs(colour_seen(tmp_path, (5 - 1.2, 6), side=side) - RED).max() < 60
        assert np.abs(colour_seen(tmp_path, (5 + 1.2, 6), side=side) - BLUE).max() < 60


def test_a_full_frame_picture_is_tiled(tmp_path):
    outcome = paint(tmp_path, cube(tmp_path / "cube.glb"), halves())
    assert outcome.info["method"] == "tiling" and outcome.info["matting_method"] is None
    image = np.asarray(textures(tmp_path / "output.glb")[0], int)
    reds = (np.abs(image - RED).max(-1) < 60).mean()
    assert 0.3 < reds < 0.7, "both colours are all over the cube"


def test_painting_mode_overrides_the_choice(tmp_path, ball):
    assert paint(tmp_path, ball, mode="tile").info["method"] == "tiling"
    assert paint(tmp_path, ball, painting_mode="tile").info["method"] == "tiling"
    picture = figure(160, background=(255, 255, 255, 255))
    assert paint(tmp_path, ball, picture, mode="project").info["method"] == "front_projection"


def test_tile_scale_sets_the_size_of_the_pattern(tmp_path):
    mesh = cube(tmp_path / "cube.glb")
    changes = []
    for scale in (0.1, 1.0):
        paint(tmp_path, mesh, halves(), {"tile_scale": scale}, mode="tile")
        changes.append(
            np.abs(np.diff(np.asarray(textures(tmp_path / "output.glb")[0], int), axis=1)).mean()
        )
    assert changes[0] > 2 * changes[1]


def test_own_uvs_are_kept_where_they_serve(tmp_path):
    square = trimesh.Trimesh(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 3]], process=False
    )
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    square.visual = trimesh.visual.TextureVisuals(uv=uv)
    (tmp_path / "square.obj").write_text(square.export(file_type="obj"))
    outcome = paint(tmp_path, tmp_path / "square.obj", halves(), mode="tile")
    assert outcome.info["uv"] == "of the file"
    assert np.allclose(np.sort(result(tmp_path).uv, axis=0), np.sort(uv, axis=0), atol=1e-6)


def test_texture_size_and_bake_mode_are_obeyed(tmp_path, ball):
    paint(tmp_path, ball, options={"texture_bake_mode": "fast"}, texture_size=333)
    assert [image.size for image in textures(tmp_path / "output.glb")] == [(333, 333)]
    paint(tmp_path, ball, texture_size=300)
    assert [image.size for image in textures(tmp_path / "output.glb")] == [(300, 300)] * 2
    assert (
        "metallicRoughnessTexture"
        in document(tmp_path / "output.glb")["materials"][0]["pbrMetallicRoughness"]
    )


def test_a_style_changes_the_colours_and_nothing_else(tmp_path, ball):
    picture = np.array(figure(320))
    grain = np.random.default_rng(0).normal(0, 10, (320, 320, 1))
    picture[..., :3] = (picture[..., :3] * 0.5 + 60 + grain).clip(0, 255).astype(np.uint8)
    strength, roughness = {}, {}
    for style in ("realistic", "cartoon", "artistic"):
        outcome = paint(tmp_path, ball, Image.fromarray(picture), style=style)
        assert outcome.info["style"] == style and outcome.info["face_count"] == 1280
        image = textures(tmp_path / "output.glb")[0]
        strength[style] = np.asarray(image.convert("HSV"))[..., 1].mean()
        roughness[style] = np.abs(np.diff(np.asarray(image, int), axis=1)).mean()
    assert strength["cartoon"] > strength["realistic"] + 10
    assert roughness["artistic"] < 0.8 * roughness["realistic"]
    tiled = [
        paint(tmp_path, ball, halves(), mode="tile", style=style).info["method"]
        for style in ("cartoon", "artistic")
    ]
    assert tiled == ["tiling"] * 2


def test_faces_without_area_do_no_harm(tmp_path):
    (tmp_path / "a.obj").write_text(
        "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\nf 1 1 2\n"
    )
    outcome = paint(tmp_path, tmp_path / "a.obj")
    assert outcome.info["face_count"] == len(result(tmp_path).faces) == 5


def test_a_large_mesh_is_painted_in_reasonable_time(tmp_path):
    path = tmp_path / "large.ply"
    path.write_bytes(trimesh.creation.icosphere(6).export(file_type="ply"))
    outcome = paint(tmp_path, path)
    assert outcome.info["face_count"] == 81_920 and sum(outcome.stage_s.values()) < 60


def test_bad_input_is_refused(tmp_path, ball):
    (tmp_path / "bad.glb").write_bytes(b"glTF nonsense")
    with pytest.raises(UnreadableInput):
        paint(tmp_path, tmp_path / "bad.glb")
    with pytest.raises(NothingToModel):
        paint(tmp_path, ball, Image.new("RGBA", (64, 64)))
