"""Corners and legs given back to a rounded hull where its outlines show that there are some.

A rounded section no longer fills an outline at the corners of a table seen from above. What the outlines allow there
comes back along the line of sight, but no more of it than the pictures need: on `benchmarks/truth.py` whole lines leave
slabs beside legs and under ears, and single voxels take the corners off blocks. Lengths are in voxels.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pipelines.geometry import inflate

# An outline and the axis of the body (y, x, z) that its eye looks along.
Outline = tuple[NDArray[np.float32], int]

# What rounding takes off an outline may be this wide, as a share of the longest side: more was an edge and comes back.
ROUNDED_OFF = 0.004
# Of a line of sight the stretch nearest to the body comes back, and those hardly farther from it.
FARTHER = 2.0
# A beam with a radius below this share of the longest side would stand as a slab beside what it passes: of it only what
# lies so near to the body. Measured on nine meshes from three sides: volumes overlap by .843 instead of .841, and
# those of whole beams cut like this everywhere by .827.
SLAB, BESIDE = 0.04, 3.0
# A tip that rounding and smoothing took grows again by at most so many voxels; what is no wider is a rim, left round.
TIP, RIM = 8, 2


def with_edges(body: NDArray[np.float32], outlines: Sequence[Outline]) -> NDArray[np.float32]:
    """A rounded body (y, x, z) cut to its outlines, in place, and filled where it no longer fills them."""
    for outline, axis in outlines:
        np.minimum(body, np.expand_dims(outline, axis), out=body)
    shown = body > 0
    beams = [_lost(outline, np.asarray(shown.any(axis=axis))) for outline, axis in outlines]
    if not any((beam > 0).any() for beam in beams):
        return body
    if len(outlines) == 2:
        return _with_whole_lines(body, outlines, beams)
    # Half as fine: an eighth of the time, and it only chooses between places.
    away = 2.0 * np.asarray(ndimage.distance_transform_edt(~shown[::2, ::2, ::2]), np.float32)
    for number, beam in enumerate(beams):
        if (beam > 0).any():
            _give_back(body, outlines, beams, number, away)
    return body


def _lost(outline: NDArray[np.float32], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Signed distance to the places of an outline (h, w) where nothing of a body is `shown`, but for a narrow rim."""
    rim = round(ROUNDED_OFF * max(outline.shape))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
    missing = ((outline > 0) & ~shown).astype(np.uint8)
    opened = cv2.morphologyEx(missing, cv2.MORPH_OPEN, disc)
    beam = np.asarray(cv2.dilate(opened, disc), np.uint8)
    return (inflate.distance(beam) - inflate.distance(1 - beam)).astype(np.float32)


def grow_tips(body: NDArray[np.float32], outlines: Sequence[Outline]) -> None:
    """Lengthen a body (y, x, z), in place, into what it lacks of its outlines: voxel by voxel from what is beside."""
    for number, (outline, axis) in enumerate(outlines):
        rows = np.moveaxis(body, axis, -1)
        others = [other for place, other in enumerate(outlines) if place != number]
        shown = np.asarray((rows > 0).any(axis=-1))
        tips = _grown((outline > 0) & ~_grown(shown, RIM), RIM)
        for _ in range(TIP):
            lines = np.nonzero((outline > 0) & tips & ~shown & _grown(shown, 1))
            if not len(lines[0]):
                break
            allowed = np.minimum(outline[lines][:, None], _along(others, axis, lines, body.shape))
            grown = _beside(rows, lines) & (allowed > 0)
            if not grown.any():
                break
            rows[lines] = np.where(grown, np.minimum(allowed, 1.0), rows[lines])
            shown[lines] = grown.any(axis=-1)


def _grown(area: NDArray[np.bool_], cells: int) -> NDArray[np.bool_]:
    """An area (h, w) and all within so many cells, over corners too."""
    side = 2 * cells + 1
    return cv2.dilate(area.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def _beside(rows: NDArray[np.float32], lines: tuple[NDArray, ...]) -> NDArray[np.bool_]:
    """Where on lines (n) of a field (a, b, length) one of the eight beside has a body, less its rim: (n, length)."""
    height, width, length = rows.shape
    beside = np.zeros((len(lines[0]), length), bool)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            place = (
                np.clip(lines[0] + down, 0, height - 1),
                np.clip(lines[1] + right, 0, width - 1),
            )
            beside |= rows[place] > 0
    # A cell narrower from line to line: so a tip is round, and thin ones stay.
    inner = beside.copy()
    inner[:, 1:] &= beside[:, :-1]
    inner[:, :-1] &= beside[:, 1:]
    return np.where(inner.any(axis=1, keepdims=True), inner, beside)


def _with_whole_lines(
    body: NDArray[np.float32], outlines: Sequence[Outline], beams: Sequence[NDArray[np.float32]]
) -> NDArray[np.float32]:
    """As `with_edges`, all of the lines: of two outlines the other is all that tells where on a line something is."""
    for (_, axis), beam in zip(outlines, beams, strict=True):
        if (beam > 0).any():
            allowed = np.broadcast_to(np.expand_dims(beam, axis), body.shape)
            for other, along in outlines:
                allowed = np.minimum(allowed, np.expand_dims(other, along))
            np.maximum(body, allowed, out=body)
    return body


def _give_back(
    body: NDArray[np.float32],
    outlines: Sequence[Outline],
    beams: Sequence[NDArray[np.float32]],
    number: int,
    away: NDArray[np.float32],
) -> None:
    """Fill, in place, one outline's beam as far as the others allow. away (y, x, z), half as fine: from the body."""
    beam, axis = beams[number], outlines[number][1]
    # Beyond a few voxels outside nothing is told of the surface.
    lines = np.nonzero(beam > -3.5)
    others = [place for place in range(len(outlines)) if place != number]
    rows = np.moveaxis(body, axis, -1)
    current = rows[lines]
    allowed = np.minimum(
        beam[lines][:, None], _along([outlines[i] for i in others], axis, lines, body.shape)
    )
    distance = np.moveaxis(away, axis, -1)[lines[0] // 2, lines[1] // 2]
    distance = np.repeat(distance, 2, axis=1)[:, : allowed.shape[1]]
    nearest = np.where(allowed > 0, distance, np.inf).min(axis=1, keepdims=True)
    wanted = _stretches(allowed > 0, distance, nearest + FARTHER) | (allowed <= 0)
    # What is lost in two pictures stands where both say: a leg, whole.
    lost = [(beams[i] + 2.0, outlines[i][1]) for i in others]
    alone = ~np.any([_along([other], axis, lines, body.shape) > 0 for other in lost], axis=0)
    thin = _radius(beam)[lines] <= SLAB * max(body.shape)
    reach = np.where(np.isfinite(nearest), nearest + BESIDE, 0.0) - distance
    given = np.where(alone & thin[:, None], np.minimum(allowed, reach), allowed)
    rows[lines] = np.where(wanted, np.maximum(current, given), current)


def _along(
    outlines: Sequence[Outline], axis: int, lines: tuple[NDArray, ...], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """The least of other outlines on lines (n) of sight that run along an axis of a body: (n, its length)."""
    found = [
        np.moveaxis(np.broadcast_to(np.expand_dims(outline, along), shape), axis, -1)[lines]
        for outline, along in outlines
    ]
    return np.minimum.reduce(found)


def _stretches(
    inside: NDArray[np.bool_], distance: NDArray[np.float32], most: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Those unbroken stretches of lines (n, length) that come as near to the body as `most` (n, 1) says."""
    begins = inside & ~np.pad(inside, ((0, 0), (1, 0)))[:, :-1]
    label = np.cumsum(begins).reshape(inside.shape) * inside
    nearest = np.full(label.max() + 1, np.inf, np.float32)
    np.minimum.at(nearest, label.ravel(), distance.ravel())
    return inside & (nearest[label] <= most)


def _radius(beam: NDArray[np.float32]) -> NDArray[np.float32]:
    """How wide the piece of a beam (h, w) is that each place belongs to or lies beside: the largest disc's radius."""
    label, count = ndimage.label(beam > 0)
    largest = np.asarray(ndimage.maximum(beam, label, np.arange(count + 1)), np.float32)
    largest[0] = 0.0
    return np.asarray(cv2.dilate(largest[label], np.ones((9, 9), np.uint8)), np.float32)
