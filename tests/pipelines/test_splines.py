"""Curves through a few points are those that SciPy finds."""

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline, CubicSpline, PchipInterpolator

from pipelines.geometry.families import splines

COUNTS = (2, 3, 4, 5, 12)


def points(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Uneven places, rows with level and turning stretches, and places between and on them."""
    rng = np.random.default_rng(count)
    way = np.cumsum(rng.uniform(0.05, 2.0, count))
    rows = rng.normal(size=(count, 4))
    rows[:, 2] = np.sort(rows[:, 2])
    rows[:, 3] = np.round(rows[:, 3])
    return way, rows, np.sort(np.concatenate([way, rng.uniform(way[0], way[-1], 50)]))


@pytest.mark.parametrize("count", COUNTS)
def test_a_cubic_spline_is_that_without_end_knots(count):
    way, rows, places = points(count)
    assert splines.cubic(way, rows, places) == pytest.approx(
        CubicSpline(way, rows)(places), abs=1e-9
    )


@pytest.mark.parametrize("count", COUNTS)
def test_a_monotone_curve_rises_and_falls_where_its_points_do(count):
    way, rows, places = points(count)
    found = splines.monotone(way, rows, places)
    assert found == pytest.approx(PchipInterpolator(way, rows)(places), abs=1e-9)
    assert (np.diff(found[:, 2]) >= -1e-12).all()


def test_a_curve_by_its_slopes():
    way, rows, places = points(6)
    slopes = np.gradient(rows, way, axis=0)
    expected = CubicHermiteSpline(way, rows, slopes)(places)
    assert splines.hermite(way, rows, slopes, places) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("curve", [splines.cubic, splines.monotone])
def test_points_on_one_place_are_refused(curve):
    way, rows, places = points(5)
    way[2] = way[1]
    with pytest.raises(ValueError, match="apart"):
        curve(way, rows, places)
