"""The styles of the built-in shape model: the look of each, on the mesh and on the pictures that colour it."""

import numpy as np
import pytest
from PIL import Image

from pipelines.geometry import decimate
from tests.pipelines.classic_pictures import colour_seen, figure, textures
from tests.pipelines.coarse_shapes import RAW, TEXTURED, dotted, make


def flat_faces(folder) -> bool:
    """Whether each face of output.glb has corners and a direction of its own."""
    from pipelines.geometry import glb_drawn
    from pipelines.geometry.normals import face_normals

    (mesh,) = glb_drawn.read(folder / "output.glb", texture_px=64)
    own = np.repeat(face_normals(mesh.vertices, mesh.faces), 3, axis=0)
    corners = mesh.faces.reshape(-1)
    alone = np.array_equal(np.sort(corners), np.arange(len(corners)))
    return alone and np.allclose(mesh.normals[corners], own, atol=1e-3)


def test_lowpoly_is_a_few_hundred_flat_faces(tmp_path):
    outcome, mesh = make(tmp_path, params={"style": "lowpoly"})
    assert outcome.info["style"] == "lowpoly" and outcome.info["watertight"]
    assert len(mesh.faces) == outcome.info["face_count"]
    assert len(mesh.faces) == pytest.approx(decimate.LOWPOLY_FACES, rel=0.1)
    assert flat_faces(tmp_path)
    fewer = make(tmp_path, params={"style": "lowpoly", "simplify_ratio": 0.5})[0]
    assert fewer.info["face_count"] == pytest.approx(decimate.LOWPOLY_FACES / 2, rel=0.1)


def test_lowpoly_with_a_texture_has_one_colour_a_face(tmp_path):
    outcome, mesh = make(
        tmp_path, TEXTURED, params={"style": "lowpoly", "texture_size": 512}, picture=dotted()
    )
    assert outcome.info["style"] == "lowpoly" and flat_faces(tmp_path)
    image = np.asarray(textures(tmp_path / "output.glb")[0].convert("RGB"), int)
    corner_uv = mesh.uv[mesh.faces]
    spread = []
    for share in ((0.6, 0.2, 0.2), (0.2, 0.6, 0.2), (0.2, 0.2, 0.6)):
        u, v = np.einsum("k,mkd->md", share, corner_uv).T
        spread.append(image[((1 - v) * 511).astype(int), (u * 511).astype(int)])
    assert np.median(np.ptp(spread, axis=0)) <= 8, "one colour, but for the JPEG and the smallest"
    red, green, blue = colour_seen(tmp_path, (-0.25, 0.50))
    assert red > 100 and red > 2 * max(green, blue)


def shaded() -> Image.Image:
    """The figure under soft light with grain: many colours that mean four."""
    picture = np.array(figure(320))
    rows, cols = np.mgrid[:320, :320]
    grain = np.random.default_rng(0).normal(0, 8, (320, 320))
    light = 0.75 + 0.25 * np.sin((rows + cols) / 90)
    bright = picture[..., :3] * light[..., None] + grain[..., None]
    picture[..., :3] = bright.clip(0, 255).astype(np.uint8)
    return Image.fromarray(picture)


def colour_count(image: Image.Image) -> int:
    """Colours that together make up nine tenths of a picture, told apart in steps of 16."""
    coarse = np.asarray(image.convert("RGB")).reshape(-1, 3) // 16
    share = np.sort(np.unique(coarse, axis=0, return_counts=True)[1])[::-1].cumsum()
    return int(np.searchsorted(share, 0.9 * share[-1])) + 1


def test_each_style_has_its_look_and_the_same_shape(tmp_path):
    images, shapes = {}, {}
    for style in ("realistic", "cartoon", "artistic"):
        outcome, mesh = make(
            tmp_path, TEXTURED, params={"style": style, "texture_size": 512}, picture=shaded()
        )
        assert outcome.info["style"] == style
        images[style] = textures(tmp_path / "output.glb")[0]
        shapes[style] = mesh.vertices
    assert all(np.array_equal(shape, shapes["realistic"]) for shape in shapes.values())
    assert colour_count(images["cartoon"]) * 2 < colour_count(images["realistic"])
    rough = {
        style: np.abs(np.diff(np.asarray(image, int), axis=1)).mean()
        for style, image in images.items()
    }
    assert rough["artistic"] < 0.8 * rough["realistic"]
    saturation = {
        style: np.asarray(image.convert("HSV"))[..., 1].mean() for style, image in images.items()
    }
    assert saturation["cartoon"] > saturation["realistic"]


def test_a_cartoon_has_few_colours_in_flat_areas_and_one_palette_for_all_views():
    from pipelines.geometry import restyle

    one = np.asarray(shaded().convert("RGB"))
    two = np.ascontiguousarray(one[:, ::-1] // 2)
    made = restyle.restyled({"image": one, "image_back": two}, "cartoon")
    colours = np.unique(np.concatenate([made[name].reshape(-1, 3) for name in made]), axis=0)
    assert 4 <= len(colours) <= restyle.PALETTE
    assert (made["image"][:, 1:] == made["image"][:, :-1]).all(-1).mean() > 0.95
    assert all(made[name].shape == one.shape for name in made)


def test_an_artistic_picture_loses_its_grain_and_keeps_its_edges():
    from pipelines.geometry import restyle

    grain = np.random.default_rng(0).normal(0, 12, (200, 200, 3))
    picture = np.full((200, 200, 3), 60.0)
    picture[:, 100:] = 190.0
    noisy = (picture + grain).clip(0, 255).astype(np.uint8)
    made = restyle.restyled({"image": noisy}, "artistic")["image"].astype(int)
    assert made[20:80, 20:80].std() < 0.5 * noisy[20:80, 20:80].std()
    assert (made[50:150, 103:106].mean() - made[50:150, 94:97].mean()) > 110


def test_realistic_leaves_pictures_alone_and_others_take_any_size():
    from pipelines.geometry import restyle

    picture = np.asarray(shaded().convert("RGB"))
    assert restyle.restyled({"image": picture}, "realistic")["image"] is picture
    for height, width in ((1, 1), (3, 700), (1500, 40)):
        for style in ("cartoon", "artistic"):
            plain = np.full((height, width, 3), (200, 30, 90), np.uint8)
            made = restyle.restyled({"image": plain}, style)["image"]
            assert (
                max(made.shape) <= restyle.MAX_SIDE_PX and len(np.unique(made.reshape(-1, 3))) == 3
            )


def test_styles_repeat(tmp_path):
    for style in ("cartoon", "artistic", "lowpoly"):
        first, second = tmp_path / f"{style} a", tmp_path / f"{style} b"
        for folder in (first, second):
            make(folder, TEXTURED, params={"style": style})
        assert (first / "output.glb").read_bytes() == (second / "output.glb").read_bytes()


def test_the_files_of_every_style_are_sound(tmp_path):
    from tests.gltf_validator import validate_all

    files = []
    for feature, params in (
        (RAW, {"style": "lowpoly"}),
        (TEXTURED, {"style": "lowpoly", "vertex_limit": 100}),
        (TEXTURED, {"style": "cartoon"}),
    ):
        make(tmp_path / str(len(files)), feature, params=params)
        files.append(tmp_path / str(len(files)) / "output.glb")
    assert [report.complaints for report in validate_all(files)] == [[], [], []]
