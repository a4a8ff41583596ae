"""Which pieces of a hull are there: one body for each that the outlines show apart, no phantoms and no crumbs.

Outlines allow pieces that no picture needs where limbs cross, and hand-made views never agree to the pixel: crumbs stay
beside the body, and tips come off it. Lengths are in voxels. Knows fields and outlines, not how they were carved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from pipelines.geometry import hull_limbs
from pipelines.geometry.decimate import of_pieces, pieces, volumes
from pipelines.geometry.hull_edges import Outline, grow_tips
from pipelines.geometry.hull_limbs import Pieces

# Smaller than this share of the largest, a piece that no outline shows apart from it has come off it.
BODY = 0.01
# A piece is tied to the body over at most this share of the longest side, by a stalk of this radius.
TIE, STALK = 0.05, 1.5
# A closed surface of less than this share of the largest's volume is a crumb of the smoothing.
CRUMB = 0.001


def settle(field: NDArray[np.float32], outlines: Sequence[Outline], *, whole: bool = False) -> None:
    """Empty, in place, what no picture needs of a field (y, x, z), and join to the body what has come off it.

    A piece that no outline shows apart, that is no crumb and no limb is joined only if the body shall be `whole`:
    elsewhere it tells that the views contradict each other.
    """
    if whole:
        grow_tips(field, outlines)
    found = Pieces(field, outlines)
    if found.count < 2:
        return
    order = [int(number) for number in np.argsort(found.sizes, kind="stable")]
    body, loose = order[-1], []
    limbs, phantoms = hull_limbs.told_apart(found, order[:-1], body)
    dropped = set(phantoms)
    for number in order[:-1]:
        if number in phantoms:
            continue
        apart = found.are_apart(number, body)
        small = found.sizes[number] < BODY * found.sizes[body]
        crumb = small and not apart and not found.shows(number)
        if number not in limbs and (crumb or found.is_spare(number)):
            dropped.add(number)
            found.drop(number)
        elif not apart and (small or whole or number in limbs):
            loose.append(number)
    if dropped:
        gone = np.isin(found.labels, [number + 1 for number in dropped])
        np.minimum(field, -0.5, out=field, where=gone)
    for number in reversed(loose):
        piece, box = found.labels == number + 1, found.boxes[number]
        if not hull_limbs.lengthen(field, piece, box, outlines):
            _tie(field, piece, box)


def _tie(field: NDArray[np.float32], piece: NDArray[np.bool_], box: tuple[slice, ...]) -> None:
    """Join a piece (y, x, z) to what is nearest by a stalk, in place, if that is not too far."""
    reach = round(TIE * max(field.shape))
    window = tuple(slice(max(side.start - reach, 0), side.stop + reach) for side in box)
    near, own = field[window], piece[window]
    one, other = (_rim(body) for body in (own, (near > 0) & ~own))
    if not len(other):
        return
    away, nearest = cKDTree(other).query(one)
    closest = int(away.argmin())
    if away[closest] <= reach:
        _stalk(near, one[closest], other[nearest[closest]])


def _rim(body: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The cells (n, 3) of a body that lie at its surface."""
    return np.argwhere(body & ~ndimage.binary_erosion(body))


def _stalk(field: NDArray[np.float32], one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
    """A round rod between two cells (3,) of a field (y, x, z), in place."""
    low = np.maximum(np.minimum(one, other) - 4, 0)
    part = field[tuple(slice(a, b + 5) for a, b in zip(low, np.maximum(one, other), strict=True))]
    cells = np.indices(part.shape).transpose(1, 2, 3, 0) + low - one
    step = (other - one).astype(np.float64)
    share = np.clip(cells @ step / max(float(step @ step), 1e-9), 0.0, 1.0)
    distance = np.linalg.norm(cells - share[..., None] * step, axis=-1)
    np.maximum(part, STALK - distance, out=part)


def without_crumbs(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], outlines: Sequence[Outline]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A closed mesh without hollows, and without tiny pieces but for those that an outline shows apart from the body.

    vertices (n, 3) lie at column, minus row and depth of the field: the smoothing of `solid.surface` leaves crumbs.
    """
    _, piece = pieces(len(vertices), faces)
    volume = volumes(vertices, faces, piece)
    stays = volume >= CRUMB * volume.max()
    if stays.all():
        return vertices, faces
    shown = [(ndimage.label(outline > 0)[0], axis) for outline, axis in outlines]
    body = _labels_under(vertices[piece == volume.argmax()], shown)
    for number in np.flatnonzero(~stays & (volume > 0)):
        own = _labels_under(vertices[piece == number], shown)
        stays[number] = any(a and b and not a & b for a, b in zip(own, body, strict=True))
    return of_pieces(vertices, faces, stays[piece])


def _labels_under(
    vertices: NDArray[np.float64], shown: Sequence[tuple[NDArray[np.int32], int]]
) -> list[set[int]]:
    """Which labelled pieces of each outline vertices (n, 3) lie over."""
    cells = np.rint(vertices[:, [1, 0, 2]] * (-1.0, 1.0, 1.0)).astype(np.int64)
    found = []
    for label, axis in shown:
        first, second = np.delete(cells, axis, axis=1).T
        found.append(set(np.unique(label[first, second]).tolist()) - {0})
    return found
