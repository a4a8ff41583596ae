"""What an object on white or black encloses: holes are cut out, white parts are kept, and a guess is said to be one."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipelines.geometry import matting

SIDE = 320
WHITE, BLACK, PALE = (255, 255, 255), (0, 0, 0), (244, 244, 240)


def mask(*shapes: tuple[str, tuple[int, ...], int]) -> Image.Image:
    """Shapes one over the other: name of the draw call, box, and 255 to add or 0 to take away."""
    made = Image.new("L", (SIDE, SIDE), 0)
    for name, box, fill in shapes:
        getattr(ImageDraw.Draw(made), name)(box, fill=fill)
    return made


RING = mask(("ellipse", (40, 40, 280, 280), 255), ("ellipse", (80, 80, 240, 240), 0))
MUG = mask(
    ("ellipse", (170, 100, 290, 220), 255),
    ("ellipse", (188, 118, 272, 202), 0),
    ("rectangle", (50, 70, 210, 260), 255),
)
CHAIR = mask(
    ("rectangle", (80, 30, 240, 300), 255),
    *(("rectangle", (96 + 40 * i, 50, 120 + 40 * i, 140), 0) for i in range(4)),
    ("rectangle", (96, 190, 224, 300), 0),
)
THINGS = {"ring": RING, "mug": MUG, "chair": CHAIR}


def lit(shape: Image.Image, colour: tuple[int, int, int] = (170, 60, 40)) -> Image.Image:
    """A shape with light from the upper left and some grain, on nothing."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    light = 1.25 - 0.55 * x - 0.35 * y + 0.15 * np.sin(9 * x)
    grain = np.random.default_rng(0).normal(0, 2.0, (SIDE, SIDE, 1))
    rgb = np.clip(np.array(colour) * light[..., None] + grain, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([rgb, np.asarray(shape)]), "RGBA")


def flat(shape: Image.Image, colour: tuple[int, int, int] = (170, 60, 40)) -> Image.Image:
    made = Image.new("RGBA", (SIDE, SIDE), (*colour, 255))
    made.putalpha(shape)
    return made


def on(
    thing: Image.Image,
    backdrop: tuple[int, int, int] = WHITE,
    *,
    shadow: bool = False,
    jpeg: bool = False,
) -> np.ndarray:
    """The thing on a backdrop, as (h, w, 4) uint8 without transparency."""
    made = Image.new("RGB", (SIDE, SIDE), backdrop)
    if shadow:
        dark = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(dark).ellipse((40, 250, 290, 290), fill=90)
        made.paste((150, 150, 150), (0, 0), dark.filter(ImageFilter.GaussianBlur(10)))
    made.paste(thing, (0, 0), thing)
    if jpeg:
        file = io.BytesIO()
        made.save(file, "JPEG", quality=85)
        made = Image.open(file)
    return np.asarray(made.convert("RGBA"))


def fit(picture: np.ndarray, truth: Image.Image) -> float:
    """Overlap of the object that is found with the truth."""
    found, _ = matting.find_mask(picture)
    wanted = np.asarray(truth) > 127
    return float((found & wanted).sum() / (found | wanted).sum())


def holes_of(shape: Image.Image) -> np.ndarray:
    """Where one looks through a shape, without the rim: (h, w) bool."""
    outside = shape.copy()
    ImageDraw.floodfill(outside, (0, 0), 255)
    return np.asarray(outside.filter(ImageFilter.MaxFilter(9))) < 128


def share_cut(picture: np.ndarray, shape: Image.Image) -> float:
    """The part of a shape's holes that is taken for background."""
    found, _ = matting.find_mask(picture)
    return float((~found[holes_of(shape)]).mean())


def codes(picture: np.ndarray) -> set[str]:
    return {notice.code for notice in matting.cut_out(picture).notices}


@pytest.mark.parametrize("jpeg", [False, True], ids=["png", "jpeg"])
@pytest.mark.parametrize("shadow", [False, True], ids=["bare", "shadow"])
@pytest.mark.parametrize("backdrop", [WHITE, PALE], ids=["white", "pale"])
@pytest.mark.parametrize("name", THINGS)
def test_holes_of_a_thing_with_shading_are_cut_out_without_a_word(name, backdrop, shadow, jpeg):
    picture = on(lit(THINGS[name]), backdrop, shadow=shadow, jpeg=jpeg)
    assert share_cut(picture, THINGS[name]) > 0.95
    # Ringing within a shadow is neither backdrop nor surface: there a word is right.
    assert "HOLES_GUESSED" not in codes(picture) or (shadow and jpeg)


@pytest.mark.parametrize("name", THINGS)
def test_holes_before_black_are_cut_out_too(name):
    picture = on(lit(THINGS[name]), BLACK)
    assert share_cut(picture, THINGS[name]) > 0.95 and "HOLES_GUESSED" not in codes(picture)


def shirt(white: Image.Image) -> Image.Image:
    made = lit(mask(("rectangle", (70, 40, 250, 290), 255)))
    made.paste(white, (0, 0), mask(("ellipse", (120, 110, 200, 190), 255)))
    return made


def test_a_white_patch_with_shading_is_kept(tmp_path):
    whole = mask(("rectangle", (70, 40, 250, 290), 255))
    patch = lit(mask(("rectangle", (0, 0, 319, 319), 255)), (240, 240, 240))
    picture = on(shirt(patch))
    assert fit(picture, whole) > 0.98
    assert "HOLES_GUESSED" not in codes(picture)


DRAWN = {
    "a shirt with a round mark": (
        mask(("rectangle", (70, 40, 250, 290), 255)),
        mask(("ellipse", (130, 110, 190, 170), 255)),
    ),
    "a house with windows": (
        mask(("rectangle", (50, 80, 270, 290), 255)),
        mask(("rectangle", (90, 140, 130, 180), 255), ("rectangle", (190, 140, 230, 180), 255)),
    ),
    "a face drawn with lines": (
        mask(("ellipse", (40, 40, 280, 280), 255)),
        mask(("ellipse", (46, 46, 274, 274), 255)),
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_white_in_a_drawing_is_kept_and_said_to_be_a_guess(name):
    whole, white = DRAWN[name]
    picture = flat(whole)
    picture.paste((*WHITE, 255), (0, 0), white)
    assert fit(on(picture), whole) > 0.98
    (notice,) = (n for n in matting.cut_out(on(picture), view="image_left").notices)
    assert notice.code == "HOLES_GUESSED"
    for word in ("image_left", "kept", "guess", "alpha"):
        assert word in notice.message


@pytest.mark.parametrize("name", THINGS)
def test_holes_of_a_drawing_are_cut_out_and_said_to_be_a_guess(name):
    picture = on(flat(THINGS[name]))
    assert share_cut(picture, THINGS[name]) > 0.95
    (notice,) = matting.cut_out(picture).notices
    assert notice.code == "HOLES_GUESSED" and "cut out" in notice.message


def test_alpha_is_the_way_out():
    cutout = matting.cut_out(np.asarray(flat(RING)))
    assert cutout.method == "alpha" and cutout.notices == ()
    assert not cutout.mask[cutout.mask.shape[0] // 2, cutout.mask.shape[1] // 2]


def test_a_large_picture_is_judged_as_a_small_one():
    small = Image.fromarray(on(lit(CHAIR)))
    large = np.asarray(small.resize((2400, 2400), Image.Resampling.BICUBIC))
    truth = CHAIR.resize((2400, 2400), Image.Resampling.BICUBIC)
    assert fit(large, truth) > 0.95 and share_cut(large, truth) > 0.95


def test_a_coloured_backdrop_is_no_question():
    picture = on(flat(RING), (40, 190, 90))
    assert share_cut(picture, RING) > 0.95 and codes(picture) == set()


SOFT = ("ellipse", (60, 250, 270, 300), 160)


def shaded_ground(thing: Image.Image, blur: float = 12.0) -> np.ndarray:
    """The thing on white with a dark, soft shadow below it, as (h, w, 4) uint8."""
    made, dark = Image.new("RGB", (SIDE, SIDE), WHITE), mask(SOFT)
    made.paste((70, 70, 70), (0, 0), dark.filter(ImageFilter.GaussianBlur(blur)))
    made.paste(thing, (0, 0), thing)
    return np.asarray(made.convert("RGBA"))


def test_a_cast_shadow_is_no_part_of_the_object():
    whole = mask(("rectangle", (110, 60, 210, 280), 255))
    picture = shaded_ground(lit(whole))
    assert fit(picture, whole) > 0.93
    assert codes(picture) == {"SHADOW_REMOVED"}
    assert codes(on(lit(whole), WHITE)) == set()


def test_a_gap_that_a_shadow_closes_is_cut_out():
    table = mask(
        ("rectangle", (70, 90, 250, 120), 255),
        ("rectangle", (70, 90, 90, 285), 255),
        ("rectangle", (230, 90, 250, 285), 255),
    )
    picture = shaded_ground(lit(table))
    assert fit(picture, table) > 0.85
    assert codes(picture) == {"SHADOW_REMOVED"}, "a gap that is cut out for sure is no guess"


def test_a_pale_object_that_fades_into_white_is_not_taken_for_its_shadow():
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    away = np.hypot(x - 160, y - 160) / 120.0
    grey = np.where(away < 1.0, 170 + 70 * np.sqrt(np.clip(away, 0, 1)), 255.0).astype(np.uint8)
    picture = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    assert fit(picture, Image.fromarray((away < 1.0).astype(np.uint8) * 255)) > 0.97
