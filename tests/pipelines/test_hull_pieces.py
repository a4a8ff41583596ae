"""What a hull keeps of what its outlines allow: one body for each that they show apart, thin parts, no crumbs."""

import numpy as np
import pytest
from scipy import ndimage

from pipelines.geometry import agreement, decimate, hull, hull_edges, hull_pieces, solid
from pipelines.geometry.matting import Cutout


def body(*boxes: tuple[tuple[int, int], ...]) -> np.ndarray:
    """A field (60, 60, 60) that is 2 within boxes of (from, to) along y, x and z, else -2."""
    field = np.full((60, 60, 60), -2.0, np.float32)
    for box in boxes:
        field[tuple(slice(*side) for side in box)] = 2.0
    return field


def shown(field: np.ndarray) -> list[tuple[np.ndarray, int]]:
    """Its outlines from the front, the side and above; a gap of two cells is none."""
    solid_ = ndimage.binary_closing(field > 0, iterations=2)
    return [(np.where(solid_.any(axis=axis), 2.0, -2.0), axis) for axis in (2, 1, 0)]


TRUNK = ((10, 50), (10, 40), (10, 50))


def count(field: np.ndarray) -> int:
    return int(ndimage.label(field > 0)[1])


def test_a_crumb_beside_the_body_goes():
    field = body(TRUNK, ((20, 40), (42, 43), (20, 21)))
    hull_pieces.settle(field, shown(field))
    assert count(field) == 1 and field[30, 42, 20] < 0


def test_a_horn_that_came_off_is_tied_to_the_body_again():
    field = body(TRUNK, ((28, 33), (42, 52), (28, 33)))
    hull_pieces.settle(field, shown(field))
    assert count(field) == 1 and field[30, 50, 30] > 0


def test_what_an_outline_shows_apart_stays_apart_however_small():
    field = body(TRUNK, ((29, 32), (50, 53), (29, 32)))
    hull_pieces.settle(field, shown(field), whole=True)
    assert count(field) == 2


@pytest.mark.parametrize(("whole", "pieces"), [(True, 1), (False, 2)])
def test_a_large_piece_is_tied_only_where_the_views_are_known_to_agree(whole, pieces):
    field = body(TRUNK, ((20, 40), (42, 58), (20, 40)))
    hull_pieces.settle(field, shown(field), whole=whole)
    assert count(field) == pieces


def test_an_edge_comes_back_beside_the_body_and_not_along_the_whole_line_of_sight():
    # A square head and a trunk whose section is a cross, as wide as the square that is seen from above.
    head, trunk = (5, 25), (29, 55)
    cross = [((16, 44), (27, 33)), ((27, 33), (16, 44))]
    square = (20, 40)
    field = body(
        *((rows, *sides) for rows in (head, trunk) for sides in cross), (head, square, square)
    )
    front = np.where((field > 0).any(axis=2), 4.0, -2.0).astype(np.float32)
    side = np.where((field > 0).any(axis=1), 4.0, -2.0).astype(np.float32)
    above = np.full((60, 60), -2.0, np.float32)
    above[16:44, 16:44] = 4.0
    filled = hull_edges.with_edges(field, [(front, 2), (side, 1), (above, 0)])
    assert filled[10, 18, 18] > 0, "the head's corner"
    assert (filled[29:, 18, 18] < 0).all(), "no slab hangs beside the trunk"


def test_crumbs_and_hollows_of_the_smoothing_are_no_part_of_the_mesh():
    field = body(TRUNK, ((30, 31), (43, 44), (30, 31)))
    field[28:32, 20:24, 28:32] = -2.0
    vertices, faces = solid.surface(field)
    assert decimate.pieces(len(vertices), faces)[0] > 1
    outlines = [(np.full((60, 60), 2.0, np.float32), axis) for axis in range(3)]
    vertices, faces = hull_pieces.without_crumbs(vertices, faces, outlines)
    assert decimate.pieces(len(vertices), faces)[0] == 1 and decimate.is_solid(vertices, faces)


def views(**masks: np.ndarray) -> dict[str, Cutout]:
    return {
        slot: Cutout(np.full((*mask.shape, 3), 128, np.uint8), mask, "alpha", ())
        for slot, mask in masks.items()
    }


def animal(side_turned: bool) -> dict[str, Cutout]:
    """A trunk with a long narrow neck to the front, from the front, a side and above."""
    front, side, top = np.ones((60, 40), bool), np.zeros((60, 90), bool), np.zeros((90, 40), bool)
    side[20:, 30:], side[:, 75:] = True, True
    side[5:25, :40] = True
    top[:60], top[:, 15:25] = True, True
    # Seen from the left the front is on the picture's left; from above it lies at the bottom.
    return views(image=front, image_left=side[:, ::-1] if side_turned else side, image_top=top)


def test_a_side_that_shows_the_opposite_side_is_told():
    assert agreement.fitting(animal(side_turned=False)).notices == ()
    messages = [notice.message for notice in agreement.fitting(animal(side_turned=True)).notices]
    assert any("mirrored" in message and "opposite side" in message for message in messages)


def test_three_views_of_a_thing_give_one_body():
    pictures = animal(side_turned=False)
    vertices, faces, _ = hull.from_views(pictures, solid.Shape(resolution=90, relief_height=0))
    assert decimate.pieces(len(vertices), faces)[0] == 1 and decimate.is_solid(vertices, faces)


def legged(front: tuple[tuple[int, int], ...], side: tuple[tuple[int, int], ...]) -> np.ndarray:
    """A trunk in the air, and all the legs that legs seen from the front (along x) and a side (along z) allow."""
    return body(((5, 30), (10, 50), (5, 55)), *(((33, 58), x, z) for x in front for z in side))


def feet(field: np.ndarray) -> set[tuple[int, int]]:
    """The middles (x, z) of what stands on the ground."""
    label, found = ndimage.label(field[55] > 0)
    return {
        (round(x), round(z))
        for x, z in ndimage.center_of_mass(label > 0, label, range(1, found + 1))
    }


def test_an_animal_or_a_table_keeps_its_four_legs_though_two_would_explain_the_pictures():
    field = legged(((12, 20), (40, 48)), ((8, 16), (44, 52)))
    hull_pieces.settle(field, shown(field), whole=True)
    assert feet(field) == {(16, 12), (16, 48), (44, 12), (44, 48)}
    assert count(field) == 1, "every leg hangs on the body"
    assert (field[30:33, 13:19, 9:15] > 0).all(), "a leg is as thick above as below"


def test_of_the_eight_legs_that_a_walking_animal_allows_four_stay_that_explain_both_pictures():
    field = legged(((12, 20), (40, 48)), ((6, 12), (16, 22), (36, 42), (46, 52)))
    before = [(field > 0).any(axis=axis) for axis in (1, 2)]
    hull_pieces.settle(field, shown(field), whole=True)
    standing = feet(field)
    assert len(standing) == 4 and sorted(x for x, _ in standing) == [16, 16, 44, 44]
    for axis, seen in zip((1, 2), before, strict=True):
        assert not (seen & ~(field > 0).any(axis=axis)).any()


def test_what_no_picture_needs_any_of_is_a_phantom_however_symmetrical():
    trunk = (((5, 30), (9, 51), (12, 48)), ((30, 50), (3, 57), (12, 55)))
    ears = (((12, 18), (3, 57), (20, 28)), ((12, 18), (25, 35), (48, 53)))
    phantoms = (((12, 18), (3, 8), (49, 53)), ((12, 18), (52, 57), (49, 53)))
    field = body(*trunk, *ears, *phantoms)
    assert count(field) == 3
    hull_pieces.settle(field, shown(body(*trunk, *ears)), whole=True)
    assert count(field) == 1 and field[15, 5, 51] < 0 and field[15, 54, 51] < 0


def test_a_tip_grows_again_as_far_as_the_outlines_go_and_no_farther():
    field = body(TRUNK, ((28, 33), (40, 45), (28, 33)))
    wanted = shown(body(TRUNK, ((28, 33), (40, 50), (28, 33))))
    hull_edges.grow_tips(field, wanted)
    assert (field[30, 30:50, 30] > 0).all() and not (field[:, 50:] > 0).any()


def test_of_two_views_all_that_both_allow_of_a_table_comes_back():
    front, side = (np.full((60, 60), -2.0, np.float32) for _ in range(2))
    for outline, legs in ((front, ((5, 12), (48, 55))), (side, ((5, 12), (48, 55)))):
        outline[10:20, 5:55] = 4.0
        for low, high in legs:
            outline[20:58, low:high] = 4.0
    rounded = body(((10, 20), (15, 45), (15, 45)))
    field = hull_edges.with_edges(rounded, [(front, 2), (side, 1)])
    assert feet(field) == {(8, 8), (8, 51), (51, 8), (51, 51)}
