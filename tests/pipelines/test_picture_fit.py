"""A picture on a mesh: laid outline to outline, on seen faces only; a material's photo made into a tile."""

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from pipelines.geometry import fitted, outline_fit, seamless
from pipelines.geometry.picture_paint import picture_paint
from pipelines.geometry.remembered import Memory
from pipelines.geometry.views import box_of
from tests.pipelines.classic_pictures import run, saved


def disc(squash: float, size: int = 128, shift: float = 0.0) -> np.ndarray:
    rows, columns = np.mgrid[0:size, 0:size] / size * 2 - 1
    return np.hypot(columns - shift * (1 - rows**2), rows * squash) < 1


def landed(body, picture, way):
    rows, columns = np.mgrid[0 : outline_fit.PX, 0 : outline_fit.PX]
    square = outline_fit._square(body)
    goal = outline_fit._square(picture)
    x = np.clip(np.rint(columns + way[..., 0] * outline_fit.PX), 0, outline_fit.PX - 1).astype(int)
    y = np.clip(np.rint(rows + way[..., 1] * outline_fit.PX), 0, outline_fit.PX - 1).astype(int)
    return goal[y, x][square].mean()


def test_one_outline_is_laid_onto_another():
    body, picture = np.ones((90, 90), bool), disc(1.0)
    still = np.zeros((outline_fit.PX, outline_fit.PX, 2), np.float32)
    way = outline_fit.fit(body, picture)
    assert landed(body, picture, still) < 0.8 < 0.97 < landed(body, picture, way)
    assert np.abs(outline_fit.fit(picture, picture)).max() < 0.02, (
        "the same outline stays where it is"
    )
    assert np.abs(way).max() <= outline_fit.MOST_WAY + 1e-6


def test_sides_are_swapped_only_where_that_fits_clearly_better():
    flag = np.zeros((100, 100), bool)
    flag[:, :12] = flag[10:50, :] = flag[60:70, :50] = True
    assert outline_fit.better_mirrored(flag, flag[:, ::-1])
    assert not outline_fit.better_mirrored(flag, flag)
    assert not outline_fit.better_mirrored(disc(1.0), disc(1.0))


def two_plates() -> np.ndarray:
    """A small plate at z = 1 before a large one at z = 0, both facing +Z: (4, 3, 3)."""
    corners = []
    for side, z in ((0.4, 1.0), (1.0, 0.0)):
        a, b, c, d = ((-side, -side, z), (side, -side, z), (side, side, z), (-side, side, z))
        corners += [(a, b, c), (a, c, d)]
    return np.array(corners)


def test_hidden_places_are_not_painted_with_what_hides_them():
    picture = Image.new("RGB", (200, 200), (40, 160, 60))
    ImageDraw.Draw(picture).rectangle((60, 60, 139, 139), fill=(230, 20, 20))
    rgb = np.asarray(picture)
    corners = two_plates()
    box = box_of(corners.reshape(-1, 3))
    view = fitted.front_view(corners, box)
    source = fitted.fitted(np.ones((200, 200), bool), view, front=rgb, back=rgb[:, ::-1].copy())
    points = np.array([[0, 0, 1], [0, 0, 0], [0.8, 0.8, 0]], np.float32)
    facing = np.tile(np.array([0, 0, 1], np.float32), (3, 1))
    before, hidden, beside = source.colours(points, facing)
    assert before[0] > 200 > 60 > before[1]
    assert beside[1] > 140 and beside[0] < 60
    assert hidden[1] > hidden[0], "the far plate takes the colour of what is seen of it"


def test_what_hidden_places_remember_is_what_lies_nearest():
    """Colours of a plane that fades from left to right, asked for behind it: as if each place asked by itself."""
    rng = np.random.default_rng(4)
    known = np.column_stack([rng.random((4000, 2)), np.ones(4000)])
    colours = np.column_stack([known[:, 0] * 255, known[:, 1] * 255, np.full(4000, 9.0)])
    memory = Memory.of(known, colours.astype(np.float32), np.zeros(3), np.ones(3))
    points = rng.random((3000, 3)).astype(np.float32)
    points[:8] = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    found = memory.colours(points)
    distance, index = memory.tree.query(points, k=6)
    weight = 1.0 / (distance**2 + 0.01**2)
    exact = (colours[index] * (weight / weight.sum(1, keepdims=True))[..., None]).sum(1)
    assert np.abs(found - exact).mean() < 2 and np.abs(found - exact).max() < 20
    many = memory.found.sum()
    assert np.array_equal(memory.colours(points), found) and memory.found.sum() == many


def test_places_beyond_the_box_take_its_borders_colours():
    memory = Memory.of(np.zeros((1, 3)), np.full((1, 3), 7, np.float32), np.zeros(3), np.ones(3))
    far = np.array([[-5, 0.5, 9], [0.5, 40, 0.5]], np.float32)
    assert np.allclose(memory.colours(far), 7, atol=0.01)


def test_a_mirrored_object_is_told(tmp_path):
    """A cone that leans to the right, and a picture of one that leans to the left."""
    cone = trimesh.creation.box((1, 1, 0.2))
    cone.vertices[:, 0] *= np.where(cone.vertices[:, 1] > 0, 0.3, 1.0)
    cone.vertices[:, 0] += np.where(cone.vertices[:, 1] > 0, 0.5, 0.0)
    (tmp_path / "cone.ply").write_bytes(cone.export(file_type="ply"))
    picture = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(picture).polygon(
        [(5, 5), (55, 5), (180, 190), (10, 190)], fill=(200, 90, 30, 255)
    )
    inputs = {"mesh": tmp_path / "cone.ply", "image": saved(tmp_path, picture)}
    for image, expected in (
        (picture, True),
        (picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), False),
    ):
        inputs["image"] = saved(tmp_path, image)
        outcome = run("image_mesh_painting", inputs, tmp_path, {"texture_size": 256})
        assert outcome.info["mirrored"] is expected


def grainy(size: int = 256, *, light: float = 0.0) -> np.ndarray:
    """A texture without a period, darker towards the right by `light`."""
    rng = np.random.default_rng(2)
    grain = np.kron(rng.normal(0, 30, (size // 4, size // 4)), np.ones((4, 4)))
    fall = np.linspace(0, -light, size)[None, :]
    return np.clip(
        np.dstack([150 + grain, 120 + grain, 90 + grain]) + fall[..., None], 0, 255
    ).astype(np.uint8)


def bricks(size: int = 200) -> np.ndarray:
    rows, columns = np.mgrid[0:size, 0:size]
    mortar = (rows % 25 < 3) | ((columns + (rows // 25 % 2) * 25) % 50 < 3)
    return np.where(mortar[..., None], (190, 190, 180), (150, 60, 40)).astype(np.uint8)


@pytest.mark.parametrize(
    "picture", [grainy(), grainy(light=60), bricks()], ids=["grain", "light", "bricks"]
)
def test_a_tile_joins_with_itself_no_worse_than_within(picture):
    assert seamless.is_texture(picture)
    tile = seamless.tile(picture).astype(float)
    assert min(tile.shape[:2]) > 0.3 * min(picture.shape[:2])
    for axis in (0, 1):
        within = np.abs(np.diff(tile, axis=axis)).mean(axis=(1 - axis, 2))
        across = np.abs(np.take(tile, 0, axis) - np.take(tile, -1, axis)).mean()
        assert across <= within.max() * 1.1
    fine = [np.abs(np.diff(values.astype(float), axis=1)).mean() for values in (picture, tile)]
    assert fine[1] > 0.8 * fine[0], "blending does not wash it out"


def test_bricks_meet_bricks():
    tile = seamless.tile(bricks())
    both = np.concatenate([tile, tile], axis=1)[:, :, 0].astype(float)
    dark = (both < 170).mean()
    assert dark == pytest.approx((bricks()[..., 0] < 170).mean(), abs=0.04)
    assert tile.shape[1] % 50 in (0, 1, 49) and tile.shape[0] % 50 in (0, 1, 49)


def test_a_picture_of_something_is_mirrored_and_not_blended():
    halves = np.zeros((100, 100, 3), np.uint8)
    halves[:, :50], halves[:, 50:] = (220, 30, 30), (30, 60, 220)
    assert not seamless.is_texture(halves)
    rgba = np.dstack([grainy(), np.full((256, 256), 255, np.uint8)])
    assert picture_paint(rgba, "tile").repeats
