"""Curves, lofts and sweeps: they pass where they should, enclose what they should, and are closed."""

import math
from itertools import pairwise

import numpy as np
import pytest
from manifold3d import Error, Manifold

from pipelines.geometry.families.curves import (
    both_sides,
    frames,
    pairs,
    smooth,
    straightened,
    triples,
)
from pipelines.geometry.families.forms import Forms
from pipelines.geometry.families.loft import loft

FORMS = Forms()


def closed(solid: Manifold) -> bool:
    return solid.status() == Error.NoError and solid.volume() > 0 and len(solid.decompose()) == 1


def test_points_are_read_with_their_sides():
    assert pairs("1 0, .5 -2", 2, 3) == [(2.0, 0.0), (1.0, -6.0)]
    assert triples("1 2 3", 2) == [(2.0, 4.0, 6.0)]
    assert both_sides([(0, 0), (1, 1), (0, 2)]) == [(0, 0), (1, 1), (0, 2), (-1, 1)]


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_smooth_curve_goes_through_its_points(is_closed):
    points = [(0.0, 0.0), (1.0, 0.2), (1.5, 1.0), (0.2, 1.4)]
    curve = smooth(points, 5, closed=is_closed)
    assert len(curve) == (20 if is_closed else 16)
    assert np.allclose(curve[::5], points)
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    assert steps.max() < 0.4, "no jump"


def test_a_straightened_line_keeps_its_corners_and_stays_near_its_points():
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 2.0), (0.5, 2.0)]
    line = np.array(
        [np.add(a, np.subtract(b, a) * s) for a, b in pairwise(corners) for s in (0, 0.3, 0.6)]
    )
    assert np.allclose(straightened(np.vstack([line, corners[-1:]]), 0.001), corners)
    turns = np.linspace(0, math.pi, 200)
    bow = np.column_stack([np.cos(turns), np.sin(turns)])
    kept = straightened(bow, 0.002)
    middles = (kept[1:] + kept[:-1]) / 2
    assert len(kept) < 40 and np.linalg.norm(middles, axis=1).min() > 1 - 0.002 * 2


@pytest.mark.parametrize("back", [(0.0, 0.0), (0.2, 0.0)])
def test_a_straightened_line_that_turns_back_keeps_the_place_where_it_turns(back):
    line = np.array([(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.5, 0.0), back])
    assert np.allclose(straightened(line, 0.01), [(0.0, 0.0), (1.0, 0.0), back])


def test_directions_across_a_path_are_square_to_it_and_a_loop_closes_without_a_twist():
    turns = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    path = np.column_stack([np.cos(turns), 0.3 * np.sin(2 * turns), np.sin(turns)])
    first, other = frames(path, (0, 1, 0), closed=True)
    ahead = np.roll(path, -1, 0) - np.roll(path, 1, 0)
    assert np.abs((first * ahead).sum(1)).max() < 1e-9 > np.abs((first * other).sum(1)).max()
    assert (first * np.roll(first, 1, 0)).sum(1).min() > 0.9, (
        "neighbours agree, the last and the first too"
    )


def test_a_straight_hose_holds_what_a_cylinder_holds():
    hose = FORMS.hose([(0, 0, 0), (0, 1, 0), (0, 2, 0)], 0.1, share=1)
    ends = 4 / 3 * math.pi * 0.1**3
    assert closed(hose) and hose.volume() == pytest.approx(2 * math.pi * 0.01 + ends, rel=0.02)


def test_a_hose_takes_a_radius_at_each_point():
    low, _, _, high, top, _ = FORMS.hose(
        [(0, 0, 0), (0, 1, 0), (0, 2, 0)], [0.1, 0.5, 0.1]
    ).bounding_box()
    assert high - low == pytest.approx(1.0, rel=0.02) and top == pytest.approx(2.1, rel=0.02)


def test_a_closed_hose_is_a_torus():
    circle = [
        (math.cos(t), math.sin(t), 0.0) for t in np.linspace(0, 2 * math.pi, 16, endpoint=False)
    ]
    hose = FORMS.hose(circle, 0.1, share=0.6, closed=True)
    assert closed(hose) and hose.genus() == 1
    assert hose.volume() == pytest.approx(2 * math.pi**2 * 0.01, rel=0.03)


def test_a_ribbon_is_as_thick_along_up_as_it_is_told():
    low_x, low_y, _, high_x, high_y, _ = FORMS.ribbon(
        [(0, 0, 0), (0, 0, 1)], 0.3, 0.02
    ).bounding_box()
    assert high_y - low_y == pytest.approx(0.02) and high_x - low_x == pytest.approx(0.3)


def test_a_bevel_takes_the_edges_off_and_leaves_the_outline():
    outline = pairs("0 0, 2 0, 2 1, 1 .5, 0 1")
    plate, cut = FORMS.plate(outline, 0.4), FORMS.bevelled(outline, 0.4, 0.1)
    assert closed(cut) and cut.bounding_box() == pytest.approx(plate.bounding_box())
    assert 0.7 * plate.volume() < cut.volume() < plate.volume()


@pytest.mark.parametrize("turn", [1, -1])
def test_a_stack_looks_outward_whichever_way_its_outlines_run(turn):
    square = [(-1, -1), (1, -1), (1, 1), (-1, 1)][::turn]
    stack = FORMS.stack([(0, square), (2, [(x / 2, z / 2) for x, z in square])])
    assert closed(stack) and stack.volume() == pytest.approx(2 / 3 * (4 + 2 + 1))


def test_rings_that_make_no_solid_are_refused():
    ring = np.array([[math.nan, 0, 0], [1, 0, 0], [0, 1, 0]])
    with pytest.raises(ValueError, match="no solid through 2 rings of 3"):
        loft(np.stack([ring, ring + np.array((0, 0, 1))]), np.array([[0, 1, 2]]))
