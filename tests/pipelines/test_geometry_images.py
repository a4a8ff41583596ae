"""Pictures of every kind are read to upright RGBA; broken ones are refused in plain words."""

import numpy as np
import pytest
from PIL import Image

from pipelines.errors import UnreadableInput
from pipelines.geometry import images
from tests.pipelines.classic_pictures import figure


def test_every_format_is_read_with_its_colours(tmp_path):
    picture = figure(64, background=(255, 255, 255, 255)).convert("RGB")
    for suffix in ("png", "jpg", "webp", "bmp", "tiff", "gif"):
        path = tmp_path / f"picture.{suffix}"
        picture.save(path)
        rgba = images.load_rgba(path)
        assert rgba.shape == (64, 64, 4) and rgba.dtype == np.uint8, suffix
        assert rgba[40, 18, 0] > 150 and rgba[40, 18, 2] < 120, f"{suffix}: left is red"
        assert (rgba[..., 3] == 255).all()


@pytest.mark.parametrize("suffix", ["png", "webp", "tiff", "gif"])
def test_transparency_is_kept(tmp_path, suffix):
    figure(64).save(tmp_path / f"picture.{suffix}")
    alpha = images.load_rgba(tmp_path / f"picture.{suffix}")[..., 3]
    assert alpha[0, 0] == 0 and alpha[30, 20] == 255


def test_a_photo_that_is_turned_by_exif_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that the stored picture must be turned clockwise
    picture = Image.new("RGB", (40, 20), (255, 0, 0))
    picture.paste((0, 0, 255), (0, 0, 20, 20))
    picture.save(tmp_path / "photo.jpg", exif=exif)
    rgba = images.load_rgba(tmp_path / "photo.jpg")
    assert rgba.shape[:2] == (40, 20)
    assert rgba[5, 10, 2] > 200 and rgba[35, 10, 0] > 200


def test_16_bit_grey_is_scaled_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(8, 0)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    row = images.load_rgba(tmp_path / "deep.png")[0, :, 0].astype(int)
    assert row[0] == 0 and row[-1] == 255 and abs(row[32] - 128) < 6


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I", "F", "YCbCr"])
def test_every_colour_mode_is_read(tmp_path, mode):
    suffix = {"CMYK": "jpg", "YCbCr": "jpg"}.get(mode, "tiff")
    Image.new("RGB", (20, 10), (200, 200, 200)).convert(mode).save(tmp_path / f"p.{suffix}")
    assert images.load_rgba(tmp_path / f"p.{suffix}").shape == (10, 20, 4)


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_of_an_animation_the_first_frame_is_read(tmp_path, suffix):
    frames = [Image.new("RGB", (16, 16), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    frames[0].save(tmp_path / f"moving.{suffix}", save_all=True, append_images=frames[1:])
    red, green = images.load_rgba(tmp_path / f"moving.{suffix}")[8, 8, :2]
    assert red > 200 and green < 60


def test_large_pictures_are_scaled_down(tmp_path):
    Image.new("RGB", (6000, 300)).save(tmp_path / "wide.png")
    assert images.load_rgba(tmp_path / "wide.png").shape == (205, 4096, 4)


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path):
    Image.new("1", (9000, 9000)).save(tmp_path / "bomb.png")
    with pytest.raises(UnreadableInput, match="megapixels"):
        images.load_rgba(tmp_path / "bomb.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff"])
def test_a_truncated_picture_is_refused(tmp_path, suffix):
    path = tmp_path / f"cut.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UnreadableInput):
        images.load_rgba(path)


@pytest.mark.parametrize(
    "content", [b"", b"just some text", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n"]
)
def test_what_is_no_picture_is_refused_without_naming_a_path(tmp_path, content):
    path = tmp_path / "notes.png"
    path.write_bytes(content)
    with pytest.raises(UnreadableInput) as caught:
        images.load_rgba(path)
    assert str(tmp_path) not in caught.value.message
